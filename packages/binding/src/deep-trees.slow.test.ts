import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as esm from 'yjs'

/** Each update may nest 64 levels (LIMITS.updateDepth), but so may the next, inside the last one. Stock Yjs overflows the stack at about 8,000. */
const LEVELS = 10_000
const LEVELS_PER_UPDATE = 64

const cjs = requireSecondBuild()

/** Yjs warns when it is loaded twice, as documents of two builds must not meet; here they do not. */
function requireSecondBuild(): typeof esm {
  Reflect.deleteProperty(globalThis, '__ $YJS$ __')
  const path = fileURLToPath(import.meta.resolve('yjs')).replace(/yjs\.mjs$/, 'yjs.cjs')
  return createRequire(import.meta.url)(path) as typeof esm
}

test.each([
  ['yjs.mjs', esm],
  ['yjs.cjs', cjs],
])('a tree of any depth can be deleted and collected, whoever applies it and how: %s', (_build, Y) => {
  const ann = new Y.Doc()
  ann.clientID = 1
  const updates: Uint8Array[] = []
  ann.on('update', (update: Uint8Array) => updates.push(update))
  const root = ann.getXmlFragment('document')
  let innermost: esm.XmlFragment = root
  for (let level = 0; level < LEVELS; level += LEVELS_PER_UPDATE) {
    ann.transact(() => {
      for (let within = 0; within < LEVELS_PER_UPDATE; within += 1) {
        const element = new Y.XmlElement('blockquote')
        element.setAttribute('level', String(level + within))
        innermost.insert(0, [element])
        innermost = element
      }
    })
  }
  root.delete(0, 1)

  const oneByOne = new Y.Doc()
  for (const update of updates) Y.applyUpdate(oneByOne, update)
  const atOnce = new Y.Doc()
  atOnce.transact(() => updates.forEach((update) => Y.applyUpdate(atOnce, update)))
  const merged = new Y.Doc()
  Y.applyUpdate(merged, Y.mergeUpdates(updates))
  for (const doc of [oneByOne, atOnce, merged]) {
    expect(doc.getXmlFragment('document').length).toBe(0)
    expect(Y.encodeStateAsUpdate(doc)).toEqual(Y.encodeStateAsUpdate(ann))
    expect(Y.encodeStateAsUpdate(doc).byteLength).toBeLessThan(100) // collected, to the innermost
    doc.getXmlFragment('document').insert(0, [new Y.XmlText('goes on')])
    expect(doc.getXmlFragment('document').toString()).toBe('goes on')
  }
})
