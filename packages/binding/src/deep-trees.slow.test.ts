import { expect, test } from 'vitest'
import type * as esm from 'yjs'
import { YJS_BUILDS } from '../test/yjs-builds.ts'

/** Each update may nest 64 levels (LIMITS.updateDepth), but so may the next, inside the last one. Stock Yjs overflows the stack at about 8,000. */
const LEVELS = 10_000
const LEVELS_PER_UPDATE = 64

test.each(YJS_BUILDS)(
  'a tree of any depth can be deleted and collected, whoever applies it and how: %s',
  (_build, Y) => {
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
  },
)
