import { countUpdate, type Seat } from './client.ts'
import { PackBytes } from './pack-bytes.ts'

interface Message {
  readonly bytes: Buffer
  readonly start: number
}

/**
 * Counts one message of a socket after its welcome: a refused call, an answer (nothing to count), or a frame of the session.
 * `answered` is told of each by the number that it bears.
 */
export function countTandem(
  seat: Seat,
  sessionId: string,
  { bytes, start }: Message,
  answered: (call: number, isRefused: boolean) => void = () => undefined,
): void {
  const reader = new PackBytes(bytes, start)
  let call = -1
  eachOf(reader, (key) => {
    if (key === 'id') return void (call = reader.number())
    if (key === 'error') return (countRefusal(seat, reader), answered(call, true))
    if (key !== 'result') return reader.skip()
    answered(call, false)
    eachOf(reader, (field) => {
      if (field !== 'data') return reader.skip()
      eachOf(reader, (name) => {
        if (name === 'updates') countUpdates(seat, reader, bytes)
        else if (name === 'presence') countCarets(seat, reader, sessionId)
        else reader.skip()
      })
    })
  })
}

function countRefusal({ tally }: Seat, reader: PackBytes): void {
  tally.refused += 1
  eachOf(reader, (name) => {
    if (name === 'message') tally.firstRefusal ??= reader.string()
    else reader.skip()
  })
}

/** `take` has to pass the value. What is no map is passed here. */
function eachOf(reader: PackBytes, take: (key: string | undefined) => void): void {
  let left = reader.map()
  if (left < 0) return reader.skip()
  for (; left > 0; left--) take(reader.string())
}

function countUpdates(seat: Seat, reader: PackBytes, bytes: Buffer): void {
  for (let left = reader.array(); left > 0; left--) {
    const at = reader.binary()
    if (at >= 0) countUpdate(seat, bytes, at) // else an empty slot: its own push
  }
}

/** A session's id is the first field of its entry. */
function countCarets({ tally }: Seat, reader: PackBytes, sessionId: string): void {
  for (let left = reader.array(); left > 0; left--) {
    const start = reader.at
    reader.map()
    reader.skip()
    if (reader.string() !== sessionId) tally.carets += 1
    reader.at = start
    reader.skip()
  }
}
