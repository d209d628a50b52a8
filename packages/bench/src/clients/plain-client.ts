import { caretOf, countUpdate, newNames, type Protocol } from './client.ts'
import { FrameSocket } from './frame-socket.ts'

const [UPDATE, CARET] = [0, 1]

/** For the loops that pass every message on: a byte says what it is. */
export const plainProtocol: Protocol = {
  documents: async (_, count) => newNames(count),
  async open(seat) {
    const { target, document, author, tally } = seat
    const socket = await FrameSocket.connect(`${target.url}/${document}`, (bytes, start) => {
      if (bytes[start] === CARET) tally.carets += 1
      else countUpdate(seat, bytes, start + 1)
    })
    await socket.settle(Promise.resolve())
    return {
      send: (update) => socket.send(Buffer.concat([Buffer.of(UPDATE), update])),
      moveCaret: (clock) =>
        socket.send(Buffer.concat([Buffer.of(CARET), Buffer.from(JSON.stringify(caretOf(author, clock)))])),
      stall: () => socket.stall(),
      close: () => socket.destroy(),
    }
  },
}
