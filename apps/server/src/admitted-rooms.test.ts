import type { Context } from '@tandem/api'
import type { Frame } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { admittedRooms } from './admitted-rooms.ts'
import { InFlight } from './in-flight.ts'

type Rooms = Context['rooms']

const lanePorts = {
  what: 'open',
  limit: { limit: 1, learn: () => undefined },
  queue: { length: 0, patienceMs: 0 },
  now: () => 0,
  after: () => () => undefined,
  onShed: () => undefined,
}

function lane() {
  return new InFlight(lanePorts)
}

const ann = { userId: 'user-ann-1', name: 'Ann' }
const frame = (head: number) => ({ type: 'changes', head }) as Frame

/** Rooms whose join says two frames, the first when the test says so, and remembers its end. */
function rooms() {
  const opened = Promise.withResolvers<void>()
  const said = { begun: 0, ended: 0 }
  async function* join(): AsyncGenerator<Frame, void, undefined> {
    said.begun += 1
    try {
      await opened.promise
      yield frame(1)
      yield frame(2)
    } finally {
      said.ended += 1
    }
  }
  const [opens, pushes] = [lane(), lane()]
  const push = Promise.withResolvers<{ seq: number }>()
  const state = { nowMs: 0, pauses: [] as number[], wake: (): void => undefined }
  const edit = async (): Promise<void> => {
    state.nowMs += 20
  }
  const admitted = admittedRooms({ join, push: () => push.promise, edit } as unknown as Rooms, {
    opens,
    pushes,
    now: () => state.nowMs,
    after: (delayMs, callback) => {
      state.pauses.push(delayMs)
      state.wake = callback
      return () => undefined
    },
  })
  const [author, input, options] = [ann, undefined, undefined] as unknown as Parameters<Rooms['join']>
  return { join: () => admitted.join(author, input, options), admitted, opened, said, opens, pushes, push, state }
}

describe('rooms behind their limits', () => {
  test('a join takes a place until its first frame, and its frames are all there', async () => {
    const { join, opens, opened } = rooms()
    const frames = join()
    const first = frames.next()
    expect(opens.count).toBe(1)
    opened.resolve()
    expect((await first).value).toEqual(frame(1))
    expect(opens.count).toBe(0)
    expect((await frames.next()).value).toEqual(frame(2))
    expect((await frames.next()).done).toBe(true)
  })

  test('one join too many is refused, and the room never heard of it', async () => {
    const { join, said, opened } = rooms()
    const first = join().next()
    await expect(join().next()).rejects.toMatchObject({ code: 'overloaded' })
    expect(said.begun).toBe(1)
    opened.resolve()
    await first
  })

  test('a join that is given up is over, before its first frame or after', async () => {
    const { join, said, opened } = rooms()
    const early = join()
    await early.return()
    expect((await early.next()).done).toBe(true)
    expect(said.begun).toBe(0)
    opened.resolve()
    const late = join()
    await late.next()
    await late.return()
    expect(said).toEqual({ begun: 1, ended: 1 })
  })

  test('an edit of the server rests afterwards, and its place is free meanwhile', async () => {
    const { admitted, pushes, state } = rooms()
    const input = [ann, undefined, undefined] as unknown as Parameters<Rooms['edit']>
    let isOver = false
    const edited = admitted.edit(...input).then(() => (isOver = true))
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(state.pauses).toEqual([60])
    expect([pushes.count, isOver]).toEqual([0, false])
    state.wake()
    await edited
  })

  test('edits of the server come one after the other, each after the rest of the one before', async () => {
    const { admitted, state } = rooms()
    const input = [ann, undefined, undefined] as unknown as Parameters<Rooms['edit']>
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
    const both = [admitted.edit(...input), admitted.edit(...input)]
    await turn()
    expect(state.nowMs).toBe(20)
    state.wake()
    await turn()
    expect(state.nowMs).toBe(40)
    state.wake()
    await Promise.all(both)
  })

  test('an edit of the server that fails holds up none after it', async () => {
    const { admitted, pushes, state } = rooms()
    const input = [ann, undefined, undefined] as unknown as Parameters<Rooms['edit']>
    const inTheWay = Promise.withResolvers<void>()
    const blocked = pushes.run(ann.userId, () => inTheWay.promise) // the only place
    const failed = admitted.edit(...input)
    await expect(failed).rejects.toMatchObject({ code: 'overloaded' })
    inTheWay.resolve()
    await blocked
    const next = admitted.edit(...input)
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(state.nowMs).toBe(20)
    state.wake()
    await next
  })

  test('pushes have places of their own', async () => {
    const { admitted, pushes, opens, push } = rooms()
    const [author, input] = [ann, undefined] as unknown as Parameters<Rooms['push']>
    const first = admitted.push(author, input)
    expect([pushes.count, opens.count]).toEqual([1, 0])
    await expect(admitted.push(author, input)).rejects.toMatchObject({ code: 'overloaded' })
    push.resolve({ seq: 7 })
    expect(await first).toEqual({ seq: 7, heldMs: 0 })
    expect(pushes.count).toBe(0)
  })

  test('an ack says how long the push was here, its waiting for a place included; what is only held says nothing', async () => {
    const { opens, state } = rooms()
    const [author, input] = [ann, undefined] as unknown as Parameters<Rooms['push']>
    const answers = [{ seq: 7 }, { held: 2 }]
    const push = async () => {
      state.nowMs += 4.6
      return answers.shift()
    }
    const pushes = new InFlight({ ...lanePorts, queue: { length: 1, patienceMs: 1_000 } })
    const ports = { opens, pushes, now: () => state.nowMs, after: () => () => undefined }
    const admitted = admittedRooms({ push } as unknown as Rooms, ports)
    const inTheWay = Promise.withResolvers<void>()
    const blocked = pushes.run(ann.userId, () => inTheWay.promise) // the only place
    const pushed = admitted.push(author, input)
    state.nowMs += 30
    inTheWay.resolve()
    await blocked
    expect(await pushed).toEqual({ seq: 7, heldMs: 35 })
    expect(await admitted.push(author, input)).toEqual({ held: 2 })
  })
})
