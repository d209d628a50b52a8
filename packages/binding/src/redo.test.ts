import { expect, test } from 'vitest'
import type * as esm from 'yjs'
import { YJS_BUILDS } from '../test/yjs-builds.ts'

test.each(YJS_BUILDS)('[yjs #794] what an undo brings back has the same place for everybody: %s', (_build, Y) => {
  const ann = new Y.Doc()
  ann.clientID = 1
  const lists = ann.getArray<esm.Array<string>>('lists')
  const undoManager = new Y.UndoManager(lists, { captureTimeout: 0 })
  const listOf = (...items: string[]) => Y.Array.from(items)

  lists.push([listOf('a', 'b')])
  ann.transact(() => {
    lists.get(0).delete(1)
    lists.insert(1, [listOf('b')])
  })
  undoManager.undo()
  lists.insert(1, [listOf('c', 'd')])
  lists.get(0).insert(2, ['e']) // after the b that came back, before the one that is deleted
  lists.delete(0, 2)
  undoManager.undo()

  const bob = new Y.Doc()
  Y.applyUpdate(bob, Y.encodeStateAsUpdate(ann))
  expect(Y.encodeStateVector(bob)).toEqual(Y.encodeStateVector(ann))
  expect(bob.getArray('lists').toJSON()).toEqual(lists.toJSON())
  expect(lists.toJSON()).toEqual([
    ['a', 'b', 'e'],
    ['c', 'd'],
  ])
})
