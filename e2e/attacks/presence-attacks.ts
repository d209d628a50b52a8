import { colorOf } from '@tandem/sync'
import { must, withinMs, type Attack } from './attack.ts'
import type { Scene } from './scene.ts'

const POSITION = { type: null, tname: 'victim', item: null, assoc: 0 }
const CARET = { anchor: POSITION, head: POSITION }

/** Every one of these has to be refused by the schema, or for its session. */
async function presenceRefused(scene: Scene, inputs: readonly Record<string, unknown>[]): Promise<number> {
  const { caller, at } = await scene.attacker()
  for (const extra of inputs) {
    const input = { documentId: at.documentId, sessionId: at.sessionId, caret: CARET, ...extra }
    const { refused } = await caller.ask('mutation', 'document.presence', input)
    must(
      refused === 'bad-input' || refused === 'not-joined',
      `${JSON.stringify(extra).slice(0, 80)}: ${refused ?? 'taken'}`,
    )
  }
  return inputs.length
}

/** What the victim sees of the others: exactly what the node stamped. */
async function nobodyIsSpoofed(scene: Scene): Promise<void> {
  await scene.edit() // whatever was under way has arrived
  for (const { userId, name, color } of scene.people) {
    must(color === colorOf(userId), `${name} has the colour ${color}`)
    must(!/evil|victim2/.test(name), `somebody is called ${name}`)
  }
}

export const A32: Attack = {
  id: 'A32',
  attack: "another's name, id, colour or session with one's caret; null for others; a clock of 2^53",
  passes: '0 spoofed fields at the observer',
  async run(scene) {
    const other = await scene.attacker()
    const clock = { client: 1, clock: 2 ** 53 }
    const refused = await presenceRefused(scene, [
      { sessionId: other.at.sessionId },
      { sessionId: other.at.sessionId, caret: null },
      { name: 'evil' },
      { person: { userId: 'evil-user', name: 'evil', color: '#ffffff' } },
      { userId: 'evil-user' },
      { color: '#ffffff' },
      { caret: { ...CARET, user: { name: 'evil' } } },
      { caret: { anchor: { ...POSITION, item: clock }, head: POSITION } },
    ])
    await nobodyIsSpoofed(scene)
    return { refused }
  },
}

export const A33: Attack = {
  id: 'A33',
  attack: 'a colour that is CSS; a name of 1 MB, with bidi overrides, zero-width characters, markup',
  passes: 'colour from the node alone, name <= 64 characters, no invisible ones',
  missing: 'no browser: text nodes and outbound requests are not looked at',
  async run(scene) {
    await presenceRefused(scene, [{ color: 'red;background:url(//evil)' }, { caret: { ...CARET, color: 'red' } }])
    const { caller } = await scene.attacker()
    for (const name of ['x'.repeat(2 ** 20), 'x'.repeat(65), '', '\u202E\u200B\u2066'])
      must(
        (await caller.ask('mutation', 'me.rename', { name })).refused === 'bad-input',
        `a name of ${name.length} was taken`,
      )
    const { data } = await caller.ask('mutation', 'me.rename', { name: '\u202E<img onerror=x>\u200B\u0000' })
    must((data as { name: string }).name === '<img onerror=x>', 'invisible characters were kept')
    await nobodyIsSpoofed(scene)
    return { refused: 6 }
  },
}

export const A34: Attack = {
  id: 'A34',
  attack: 'a caret without an anchor, as a number, huge, of another document, as a string',
  passes: 'refused by the schema; the observer goes on',
  missing: 'no browser: the observer is a replica without an editor',
  async run(scene) {
    const refused = await presenceRefused(scene, [
      { caret: { head: POSITION } },
      { caret: 7 },
      { caret: 'user' },
      { caret: { anchor: 1, head: 2 } },
      { caret: { anchor: { ...POSITION, tname: 'x'.repeat(2_000_000 - 500) }, head: POSITION } },
      { caret: { anchor: { ...POSITION, assoc: 9 }, head: POSITION } },
      { caret: { anchor: { ...POSITION, item: { client: -1, clock: 0 } }, head: POSITION } },
      { documentId: 'another-document' },
    ])
    await nobodyIsSpoofed(scene)
    return { refused }
  },
}

export const A35: Attack = {
  id: 'A35',
  attack: '10,000 presence messages a second; a state of 2 MB',
  passes: '<= 30/s in, <= 30 frames/s out, closed within 5 s; who is here are the live sessions',
  async run(scene) {
    const watcher = await scene.attacker()
    let framesOut = 0
    const observer = await scene.caller(watcher.guest)
    await observer.join(scene.documentId, () => (framesOut += 1))
    const { caller, at } = await scene.attacker()
    const startedMs = performance.now()
    const input = { documentId: at.documentId, sessionId: at.sessionId, caret: CARET }
    for (let sent = 0; sent < 50_000 && caller.isOpen; sent += 1) {
      caller.send({ id: sent + 100, method: 'mutation', params: { path: 'document.presence', input } })
      if (sent % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const code = await withinMs(8_000, 'the flood is closed', caller.closed)
    const closedMs = performance.now() - startedMs
    must(code === 4429, `the flood was closed with ${code}`)
    const seconds = closedMs / 1000
    must(framesOut <= 40 * (seconds + 1), `${framesOut} frames in ${seconds} s`)
    const large = await scene.attacker()
    large.caller.send({
      id: 1,
      method: 'mutation',
      params: { path: 'document.presence', input: { ...input, caret: 'x'.repeat(2 ** 21) } },
    })
    must((await withinMs(5_000, '2 MB are closed', large.caller.closed)) === 1009, '2 MB of presence were read')
    const gone = async (): Promise<void> => {
      while (scene.people.length !== 3) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await withinMs(8_000, `the dead leave the list (${scene.people.length} of 3)`, gone())
    return { closedMs, framesOut }
  },
  met: ({ closedMs = Infinity }) => closedMs <= 5_000,
}
