// @vitest-environment jsdom
import { Editor, getSchema } from '@tiptap/core'
import { expect, test } from 'vitest'
import { documentExtensions } from './document-extensions.ts'

test('a pasted cell spans at most a hundred rows and columns', () => {
  const element = document.createElement('div')
  const content =
    '<table><tr><td colspan="1000000000" rowspan="-3">a</td><th rowspan="500" colwidth="12,x">b</th></tr></table>'
  const editor = new Editor({ element, content, extensions: documentExtensions() })
  const cells: unknown[] = []
  editor.state.doc.descendants(({ type, attrs }) => {
    if (type.name.startsWith('tableCell') || type.name === 'tableHeader')
      cells.push([attrs['colspan'], attrs['rowspan'], attrs['colwidth']])
  })
  editor.destroy()
  expect(cells).toEqual([
    [100, 1, null],
    [1, 100, null],
  ])
})

test.each([
  { colspan: 1e9 },
  { rowspan: 0 },
  { colspan: '3' },
  { colwidth: [-1] },
  { colwidth: 'wide' },
  { colwidth: Array.from({ length: 101 }, () => 1) },
])('a cell from an update with %o is not one that can be shown', (attributes) => {
  const schema = getSchema(documentExtensions())
  for (const name of ['tableCell', 'tableHeader'] as const) {
    const paragraph = schema.node('paragraph')
    expect(() => schema.node(name, attributes, paragraph).check()).toThrow(RangeError)
    expect(() => schema.node(name, { colspan: 2, rowspan: 3, colwidth: [120, 0] }, paragraph).check()).not.toThrow()
  }
})
