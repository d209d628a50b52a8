import { caretOf, countUpdate, newNames, type Protocol } from './client.ts'
import { FrameSocket } from './frame-socket.ts'

/** Engine.IO 4 with Socket.IO 5 in it; an event with bytes is a text message and then the bytes. */
const [PING, PONG] = ['2', '3']
const [CONNECT, CONNECTED, JOIN, JOINED] = ['40', '40', '420', '430']
const UPDATE = '451-["update",{"_placeholder":true,"num":0}]'
const CARET = '42["caret",'

export const socketIoProtocol: Protocol = {
  documents: async (_, count) => newNames(count),
  async open(seat) {
    const { target, document, author, tally } = seat
    const joined = Promise.withResolvers<void>()
    const said = (text: string): void => {
      if (text.startsWith(CARET)) tally.carets += 1
      else if (text === PING) socket.sendText(PONG)
      else if (text.startsWith(CONNECTED)) socket.sendText(`${JOIN}["join",${JSON.stringify(document)}]`)
      else if (text.startsWith(JOINED)) joined.resolve()
    }
    const url = `${target.url}/socket.io/?EIO=4&transport=websocket`
    const socket = await FrameSocket.connect(url, (bytes, start, end, isText) => {
      // '45…' announces the bytes that follow, which are counted when they are here.
      if (isText) return bytes[start + 1] === 0x35 ? undefined : said(bytes.toString('utf8', start, end))
      countUpdate(seat, bytes, start)
    })
    socket.sendText(CONNECT)
    await socket.settle(joined.promise)
    return {
      send(update) {
        socket.sendText(UPDATE)
        socket.send(update)
      },
      moveCaret: (clock) => socket.sendText(`${CARET}${JSON.stringify(caretOf(author, clock))}]`),
      stall: () => socket.stall(),
      close: () => socket.destroy(),
    }
  },
}
