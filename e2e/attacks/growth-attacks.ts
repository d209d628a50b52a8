import { FRAGMENT } from '@tandem/schema/version'
import { LIMITS } from '@tandem/sync'
import * as Y from 'yjs'
import { must, type Attack } from './attack.ts'
import { range } from './connection-attacks.ts'
import { Observer } from './observer.ts'
import type { Scene } from './scene.ts'
import { allRefused, equalOnThreeReplicas } from './update-attacks.ts'
import { paragraphOf, updateOf } from './yjs-bombs.ts'

const MINE = 26_000
/** What the bar nests in one update; here, over many. */
const BAR_DEPTH = 1_500

/** More of everything than a document needs. */
export const A26: Attack = {
  id: 'A26',
  attack:
    'one update: 1,500 levels deep, 20,001 structs, 5,000 roots, an attribute of 9 KB, 1.1 MB and 10 MB, a node name of 65, a subdocument. Many updates: 1,500 levels in steps; an unknown node; text where a fragment belongs',
  passes: 'depth <= 64, roots from a fixed list, structs <= 20,000, update <= 1 MiB, attribute <= 8 KB',
  missing: ({ deepest = 0, writesAtDepth = 0 }) =>
    `over many updates types are nested without end (${deepest} levels were taken; no more were tried): a node knows the log’s clocks, not its tree. Editors show 64 levels, and the rest as one block that they keep as it is: Chromium still wrote at ${writesAtDepth}. What type a root is, and which nodes the editor knows, an update does not say`,
  async run(scene, full) {
    const root = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment(FRAGMENT)
    const attributed = (bytes: number): Uint8Array =>
      updateOf(MINE, (doc) => {
        const paragraph = paragraphOf('x')
        paragraph.setAttribute('id', 'x'.repeat(bytes))
        root(doc).insert(0, [paragraph])
      })
    const refused = {
      '1,500 levels': updateOf(MINE, (doc) => nest(root(doc), BAR_DEPTH)),
      '65 levels': updateOf(MINE, (doc) => nest(root(doc), LIMITS.updateDepth + 1)),
      '20,001 structs': updateOf(MINE, (doc) =>
        range(20_001).forEach((index) => doc.getMap(FRAGMENT).set(`${index}`, index)),
      ),
      '5,000 roots': updateOf(MINE, (doc) => range(5_000).forEach((index) => doc.getText(`r${index}`).insert(0, 'x'))),
      'one other root': updateOf(MINE, (doc) => doc.getMap('other').set('a', 1)),
      'an attribute of 9 KB': attributed(9 * 1024),
      'an attribute of 1.1 MB': attributed(1_100_000),
      'a mark of 9 KB': updateOf(MINE, (doc) =>
        root(doc).insert(0, [paragraphOf('x', { link: { href: 'x'.repeat(9 * 1024) } })]),
      ),
      'a node name of 65': updateOf(MINE, (doc) => root(doc).insert(0, [new Y.XmlElement('x'.repeat(65))])),
      'a subdocument': updateOf(MINE, (doc) => doc.getMap(FRAGMENT).set('sub', new Y.Doc())),
    }
    await allRefused(scene, refused)
    const { caller } = await scene.attacker()
    const huge = { documentId: scene.documentId, update: new Uint8Array(10 * 2 ** 20) }
    caller.send({ id: 99, method: 'mutation', params: { path: 'document.push', input: huge } })
    must((await caller.closed) === 1009, '10 MB were read')
    let [deepest, writesAtDepth] = [0, 0]
    const nesting = await Nesting.begin(scene)
    for (const levels of full ? DEPTHS : DEPTHS.slice(0, 1)) {
      deepest = await nesting.nestTo(levels)
      if (await isWritable(scene)) writesAtDepth = deepest
    }
    must(writesAtDepth > 0, `Chromium cannot write at ${DEPTHS[0]} levels`)
    equalOnThreeReplicas(scene, scene.documentId)
    const odd = await pushOdd(scene)
    return {
      refused: Object.keys(refused).length + 1,
      deepest,
      writesAtDepth,
      odd,
      writesAfterOdd: Number(await isWritable(scene)),
    }
  },
}

/** What no person makes, what a page still shows, and what the bar nests in one update. */
const DEPTHS = [200, 600, BAR_DEPTH]

function nest(parent: Y.XmlFragment, levels: number): Y.XmlFragment {
  let innermost = parent
  for (let level = 0; level < levels; level += 1) {
    const inner = new Y.XmlElement('blockquote')
    innermost.insert(0, [inner])
    innermost = inner
  }
  return innermost
}

type Pushing = (update: Uint8Array) => Promise<number | string>

/** Each update nests a little more deeply inside of the one before. */
class Nesting {
  readonly #push: Pushing
  readonly #doc = new Y.Doc()
  #innermost = this.#doc.getXmlFragment(FRAGMENT)
  #levels = 0

  private constructor(push: Pushing) {
    this.#push = push
    this.#doc.clientID = MINE + 1
  }

  static async begin(scene: Scene): Promise<Nesting> {
    const { caller, at } = await scene.attacker()
    return new Nesting((update) => caller.push(at, update))
  }

  /** Resolves with the levels that are in the log: fewer when one was refused. */
  async nestTo(levels: number): Promise<number> {
    while (this.#levels < levels) {
      const step = Math.min(LIMITS.updateDepth - 2, levels - this.#levels)
      const before = Y.encodeStateVector(this.#doc)
      this.#doc.transact(() => {
        this.#innermost = nest(this.#innermost, step)
        // Without a paragraph in it the editor takes it for broken, and away.
        if (this.#levels + step === levels) this.#innermost.insert(0, [paragraphOf('deep')])
      })
      if (typeof (await this.#push(Y.encodeStateAsUpdate(this.#doc, before))) === 'string') break
      this.#levels += step
    }
    return this.#levels
  }
}

/** Well-formed, and not what the editor expects there. Resolves with how many were taken. */
async function pushOdd(scene: Scene): Promise<number> {
  const { caller, at } = await scene.attacker()
  const tries = [
    updateOf(MINE + 2, (doc) => doc.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlElement('unknownNode')])),
    updateOf(MINE + 3, (doc) => doc.getText(FRAGMENT).insert(0, 'text where a fragment belongs')),
    updateOf(MINE + 4, (doc) => doc.getMap(FRAGMENT).set('key', { a: 1 })),
  ]
  let taken = 0
  for (const update of tries) if (typeof (await caller.push(at, update)) === 'number') taken += 1
  return taken
}

/** An editor that breaks does so at its first drawing. */
const SETTLED_MS = 1_500

/** Opens the document as it is now in a real browser. Whether somebody could go on writing; if not, they must be told. */
async function isWritable(scene: Scene): Promise<boolean> {
  const observer = await Observer.open(scene.target, scene.documentId)
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    const state = await observer.state()
    must(state !== 'is broken', 'Chromium shows neither the document nor why not')
    must(observer.thrown.length === 0, `Chromium's page threw: ${observer.thrown[0]}`)
    return state === 'writes'
  } finally {
    await observer.close()
  }
}

/** Something hidden behind a good update. */
export const A27: Attack = {
  id: 'A27',
  attack: 'a valid update with 1 byte, 1 KB and 1 MB of other bytes behind it; then without',
  passes: 'refused; what is stored is what was checked, byte for byte',
  async run(scene) {
    const valid = updateOf(MINE, (doc) => doc.getXmlFragment(FRAGMENT).insert(0, [paragraphOf('x')]))
    const tails = [1, 1_000, 1_000_000].map((length) => Buffer.concat([valid, Buffer.alloc(length, 7)]))
    await allRefused(
      scene,
      Object.fromEntries(tails.map((update) => [`a tail up to ${update.length}`, new Uint8Array(update)])),
    )
    const { caller, at } = await scene.attacker()
    const seq = await caller.push(at, valid)
    must(typeof seq === 'number', `the valid one was refused with ${seq}`)
    const [row] = scene.target.sql(
      'select "update" from log_row where document_id = ? and seq = ?',
      scene.documentId,
      seq,
    )
    must(
      Buffer.from(row?.['update'] as Uint8Array).equals(valid),
      'other bytes than those that were checked are stored',
    )
    return { refused: tails.length, stored: valid.byteLength }
  },
}
