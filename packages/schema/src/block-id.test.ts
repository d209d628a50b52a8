// @vitest-environment jsdom
import { Editor, getSchema } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { afterEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { LINKED_BLOCKS, isBlockId } from './block-id.ts'
import { findBlock, newBlockId } from './block-names.ts'
import { documentExtensions } from './document-extensions.ts'
import { FRAGMENT } from './schema-version.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: string, doc?: Y.Doc): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const extensions = doc
    ? [...documentExtensions(), Collaboration.configure({ fragment: doc.getXmlFragment(FRAGMENT) })]
    : documentExtensions()
  const editor = new Editor({ element, ...(doc ? {} : { content }), extensions })
  editors.push(editor)
  return editor
}

const named = (editor: Editor) => {
  const found: string[] = []
  editor.state.doc.descendants((node) => {
    if (node.attrs['blockId']) found.push(`${node.attrs['blockId'] as string}:${node.textContent}`)
  })
  return found
}
const press = (editor: Editor, key: string) =>
  editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, new KeyboardEvent('keydown', { key })))

const NAMED = '<p data-block-id="name-a">ab</p><p>c</p>'

test('every block can be led to', () => {
  const { nodes } = getSchema(documentExtensions())
  const blocks = Object.values(nodes).filter(
    ({ name, spec }) => spec.group?.split(' ').includes('block') || name.endsWith('Item'),
  )
  for (const { name } of blocks) expect(LINKED_BLOCKS).toContain(name)
  for (const name of LINKED_BLOCKS) expect(Object.keys(nodes[name]?.spec.attrs ?? {})).toContain('blockId')
})

test('names are new each time, and recognised; nothing else is', () => {
  const names = Array.from({ length: 50 }, newBlockId)
  expect(new Set(names).size).toBe(50)
  expect(names.every(isBlockId)).toBe(true)
  for (const other of ['', 'abc', 'a b c d', 'x'.repeat(41), 7, null, '"><img src=x>'])
    expect(isBlockId(other)).toBe(false)
})

test('a name stays where it was when its block is split, and when it becomes something else', () => {
  const editor = open(NAMED)
  editor.commands.setTextSelection(2)
  press(editor, 'Enter')
  expect(named(editor)).toEqual(['name-a:a'])
  editor.commands.setTextSelection(1)
  editor.commands.setHeading({ level: 2 })
  expect(named(editor)).toEqual(['name-a:a'])
})

test('of what is moved it moves along; of what is copied the copy has none', () => {
  const editor = open(NAMED)
  const block = editor.state.doc.child(0)
  editor.view.dispatch(editor.state.tr.delete(0, 4).insert(3, block))
  expect(named(editor)).toEqual(['name-a:ab'])
  expect(findBlock(editor.state.doc, 'name-a')).toBe(3)
  editor.view.dispatch(editor.state.tr.insert(0, [block, block]))
  expect(named(editor)).toEqual(['name-a:ab'])
  expect(findBlock(editor.state.doc, 'name-a')).toBe(11)
  expect(findBlock(editor.state.doc, 'name-b')).toBeUndefined()
})

test('inserted twice at once, the first has it', () => {
  const editor = open('<p></p>')
  editor.commands.insertContentAt(
    0,
    '<p data-block-id="name-a">a</p><p data-block-id="name-a">b</p><p data-block-id="bad name">c</p>',
  )
  expect(named(editor)).toEqual(['name-a:a'])
})

test('twins that two people made are left alone by who looks, and by who types beside them', () => {
  const doc = new Y.Doc()
  const paragraph = () => {
    const made = new Y.XmlElement('paragraph')
    made.setAttribute('blockId', 'name-a')
    made.insert(0, [new Y.XmlText('x')])
    return made
  }
  doc.getXmlFragment(FRAGMENT).insert(0, [paragraph(), paragraph()])
  const editor = open('', doc)
  editor.commands.insertContentAt(2, '!')
  expect(named(editor)).toEqual(['name-a:x!', 'name-a:x'])
})

test('nor does it lose one when it came out of the Y.Doc, whatever the binding lets through', () => {
  const editor = open(NAMED)
  const block = editor.state.doc.child(0)
  editor.view.dispatch(editor.state.tr.insert(0, block).setMeta('y-sync$', {}))
  expect(named(editor)).toEqual(['name-a:ab', 'name-a:ab'])
})
