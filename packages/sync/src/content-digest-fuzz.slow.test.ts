import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { contentDigest } from './content-digest.ts'

/** Seeded, so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

const MARKS = ['strong', 'em', 'link']

function edit(doc: Y.Doc, below: (limit: number) => number): void {
  const root = doc.getXmlFragment('body')
  const kind = below(10)
  if (root.length === 0 || kind === 0) {
    const element = new Y.XmlElement(below(2) === 0 ? 'paragraph' : 'heading')
    element.insert(0, [new Y.XmlText('start')])
    root.insert(below(root.length + 1), [element])
    return
  }
  const element = root.get(below(root.length)) as Y.XmlElement
  const text = element.get(0) as Y.XmlText
  if (kind === 1) root.delete(below(root.length), 1)
  else if (kind === 2) element.setAttribute('level', `${below(3)}`)
  else if (kind === 3 && text.length > 0) text.delete(below(text.length), 1)
  else if (kind < 7) text.insert(below(text.length + 1), 'ab😀"'.slice(0, 1 + below(2)))
  else if (kind === 7) text.insertEmbed(below(text.length + 1), { n: below(3) })
  else if (text.length > 1) {
    const at = below(text.length - 1)
    const value = below(3) === 0 ? null : { v: below(2) }
    text.format(at, 1 + below(text.length - at), { [MARKS[below(3)] ?? 'em']: value })
  }
}

/** What there is to see, by Yjs itself. */
function visible(doc: Y.Doc): string {
  const root = doc.getXmlFragment('body')
  const blocks = root.toArray().map((block) => {
    const element = block as Y.XmlElement
    const runs = (element.get(0) as Y.XmlText).toDelta() as { attributes?: object; insert: unknown }[]
    const sorted = runs.map(({ insert, attributes = {} }) => [
      insert,
      Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    ])
    return [element.nodeName, element.getAttribute('level'), joined(sorted)]
  })
  return JSON.stringify(blocks)
}

/** Yjs does not join runs that say the same. */
function joined(runs: unknown[][]): unknown[] {
  return runs.reduce<unknown[][]>((all, [insert, marks]) => {
    const last = all.at(-1)
    const same = last !== undefined && JSON.stringify(last[1]) === JSON.stringify(marks)
    if (same && typeof last[0] === 'string' && typeof insert === 'string') last[0] += insert
    else all.push([insert, marks])
    return all
  }, [])
}

test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
  '[DIV-1] [DIV-2] digests are equal exactly when what is seen is equal (seed %i)',
  (seed) => {
    const below = seeded(seed)
    const docs = [1, 2, 3].map((client) => Object.assign(new Y.Doc(), { clientID: client + seed * 10 }))
    const bySight = new Map<string, string | undefined>()
    const byDigest = new Map<string | undefined, string>()
    const look = (doc: Y.Doc): void => {
      const [sight, digest] = [visible(doc), contentDigest(doc)]
      expect(bySight.get(sight) ?? digest).toBe(digest)
      expect(byDigest.get(digest) ?? sight).toBe(sight)
      bySight.set(sight, digest)
      byDigest.set(digest, sight)
    }
    for (let step = 0; step < 150; step++) {
      const doc = docs[below(3)] as Y.Doc
      edit(doc, below)
      look(doc)
      if (below(6) !== 0) continue
      const from = docs[below(3)] as Y.Doc
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(from, Y.encodeStateVector(doc)))
      look(doc)
    }
    for (const one of docs) for (const other of docs) Y.applyUpdate(one, Y.encodeStateAsUpdate(other))
    const digests = docs.map(contentDigest)
    expect(new Set(digests).size).toBe(1)
    const rebuilt = new Y.Doc({ gc: false })
    Y.applyUpdate(rebuilt, Y.encodeStateAsUpdate(docs[0] as Y.Doc))
    expect(contentDigest(rebuilt)).toBe(digests[0])
  },
)
