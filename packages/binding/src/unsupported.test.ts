import { setBlockType, wrapIn } from '@tiptap/pm/commands'
import type { Node } from '@tiptap/pm/model'
import { NodeSelection, TextSelection } from '@tiptap/pm/state'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { HeadlessEditor } from '../test/headless-editor.ts'
import { documentOf, element, exchange, openPage, setCaret, type } from '../test/pages.ts'
import { olderSchema, schema } from '../test/schemas.ts'
import { ySyncPluginKey } from './plugin-keys.ts'

// Deep trees on a machine that may be busy; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const pages: HeadlessEditor[] = []
afterEach(() => {
  for (const page of pages.splice(0)) page.destroy()
})

function open(...arguments_: Parameters<typeof openPage>): HeadlessEditor {
  const page = openPage(...arguments_)
  pages.push(page)
  return page
}

function stored(page: HeadlessEditor): string {
  return page.fragment.toString()
}

const kanban = () => element('kanban', { columns: 3 }, element('card', { done: true }, 'buy milk'))

describe('what the editor does not know', () => {
  test('is shown as one block with its name and first words, by a reader and by an older page; nobody writes', () => {
    const doc = documentOf(
      element('paragraph', {}, 'before'),
      kanban(),
      element('taskList', {}, element('taskItem', {}, element('paragraph', {}, 'task'))),
    )
    for (const options of [{ editable: false }, { schema: olderSchema }]) {
      const page = open(doc, options)
      const block = page.state.doc.child(1)
      expect(block.type.name).toBe('unsupportedBlock')
      expect(block.attrs).toMatchObject({ name: 'kanban', preview: 'buy milk' })
      expect(page.state.doc.child(2).type.name).toBe('schema' in options ? 'unsupportedBlock' : 'taskList')
      expect(page.written).toEqual([])
      page.state.doc.check()
    }
  })

  test('survives every edit beside it, and goes only when it is deleted itself', () => {
    const page = open(documentOf(element('paragraph', {}, 'before'), kanban(), element('paragraph', {}, 'after')))
    type(page, 7, '!')
    type(page, page.state.doc.content.size - 1, '!')
    expect(stored(page)).toContain('<kanban columns="3"><card done="true">buy milk</card></kanban>')
    expect(stored(page)).toContain('before!')
    page.dispatch(page.state.tr.setSelection(NodeSelection.create(page.state.doc, 9)).deleteSelection())
    expect(stored(page)).toBe('<paragraph>before!</paragraph><paragraph>after!</paragraph>')
    page.undoManager.undo()
    expect(stored(page)).toContain('<kanban columns="3"><card done="true">buy milk</card></kanban>')
  })

  test('moves whole when what it is in is wrapped, and copies whole', () => {
    const page = open(documentOf(kanban(), element('paragraph', {}, 'after')))
    page.dispatch(page.state.tr.setSelection(NodeSelection.create(page.state.doc, 0)))
    wrapIn(schema.nodes['blockquote']!)(page.state, page.dispatch)
    expect(stored(page)).toBe(
      '<blockquote><kanban columns="3"><card done="true">buy milk</card></kanban></blockquote><paragraph>after</paragraph>',
    )
    const copy = page.state.doc.slice(0, 3)
    page.dispatch(page.state.tr.replace(page.state.doc.content.size, page.state.doc.content.size, copy))
    expect(stored(page).match(/<kanban columns="3"><card done="true">buy milk<\/card><\/kanban>/g)).toHaveLength(2)
  })

  test('is left out of what is pasted when it is nowhere any more', () => {
    const page = open(documentOf(element('paragraph', {}, 'text')))
    const nowhere = schema.nodes['unsupportedBlock']!.create({ id: '77:5', name: 'kanban' })
    page.dispatch(page.state.tr.insert(0, nowhere))
    expect(stored(page)).toBe('<paragraph>text</paragraph>')
    expect(String(page.state.doc)).toBe('doc(paragraph("text"))')
  })

  test('comes back whole when it is pasted after it was cut, also in what it stood in, and more than once', () => {
    const KANBAN = /<kanban columns="3"><card done="true">buy milk<\/card><\/kanban>/g
    const page = open(
      documentOf(element('blockquote', {}, kanban()), element('paragraph', {}, 'see ', element('badge', { id: 7 }))),
    )
    const [quote, line] = [page.state.doc.child(0), page.state.doc.child(1)]
    page.dispatch(page.state.tr.delete(0, page.state.doc.content.size))
    expect(stored(page)).toBe('<paragraph></paragraph>')
    // As it comes from the clipboard: other objects, of the same names.
    const pasted = () => [quote, line].map((node) => schema.nodeFromJSON(node.toJSON()))
    page.dispatch(page.state.tr.insert(0, pasted()))
    expect(stored(page)).toContain(
      '<blockquote><kanban columns="3"><card done="true">buy milk</card></kanban></blockquote>',
    )
    expect(stored(page)).toContain('<paragraph>see <badge id="7"></badge></paragraph>')
    page.dispatch(page.state.tr.insert(0, pasted()))
    expect(stored(page).match(KANBAN)).toHaveLength(2)
    const ids = new Set<unknown>()
    page.state.doc.descendants((node) => void (node.type.name === 'unsupportedBlock' && ids.add(node.attrs['id'])))
    expect(ids.size).toBe(2)
    expect(page.state.doc.child(0).child(0).attrs).toMatchObject({ name: 'kanban', preview: 'buy milk' })
  })

  test('is kept after a cut within bounds', () => {
    const page = open(documentOf(...Array.from({ length: 60 }, kanban), element('paragraph', {}, 'text')))
    const cut = page.state.doc.content.content.slice(0, 60).map((node) => node.attrs['id'] as string)
    page.dispatch(page.state.tr.delete(0, 60))
    const { kept } = ySyncPluginKey.getState(page.state)!.binding
    expect(cut.filter((id) => kept.has(id))).toEqual(cut.slice(10))
  })

  test('in a line of text is shown in the line', () => {
    const page = open(documentOf(element('paragraph', {}, 'see ', element('badge', { id: 7 }), ' here')))
    expect(String(page.state.doc)).toBe('doc(paragraph("see ", unsupportedInline, " here"))')
    type(page, 5, 'x')
    expect(stored(page)).toBe('<paragraph>see x<badge id="7"></badge> here</paragraph>')
  })

  test('as an attribute of a known node survives edits of that node, a wrapping, and a change of its known ones', () => {
    const page = open(documentOf(element('heading', { level: 2, anchor: 'top' }, 'title')))
    type(page, 6, '!')
    setCaret(page, 2)
    setBlockType(schema.nodes['heading']!, { level: 3 })(page.state, page.dispatch)
    wrapIn(schema.nodes['blockquote']!)(page.state, page.dispatch)
    expect(stored(page)).toBe('<blockquote><heading anchor="top" level="3">title!</heading></blockquote>')
  })

  test('as a mark survives typing, a split, a change of the block, and goes along with its text', () => {
    const text = new Y.XmlText()
    text.applyDelta([{ insert: 'plain ' }, { insert: 'noted', attributes: { note: { thread: 4 } } }])
    const page = open(documentOf(element('paragraph', {}, text)))
    expect(page.state.doc.textContent).toBe('plain noted')
    type(page, 9, 'x')
    page.dispatch(page.state.tr.split(10))
    setBlockType(schema.nodes['heading']!, { level: 1 })(page.state, page.dispatch)
    const deltas = page.fragment
      .toArray()
      .map((block) => ((block as Y.XmlElement).get(0) as Y.XmlText).toDelta() as unknown)
    const note = { note: { thread: 4 } }
    expect(deltas).toEqual([
      [{ insert: 'plain ' }, { insert: 'nox', attributes: note }],
      [{ insert: 'ted', attributes: note }],
    ])
  })
})

describe('what an update may bring', () => {
  test.each<[string, (doc: Y.Doc) => void]>([
    ['text right in the document', (doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlText('bare')])],
    ['letters where a fragment belongs', (doc) => doc.getText('body').insert(0, 'bare')],
    ['a map in the document', (doc) => doc.getArray('body').insert(0, [new Y.Map(), 'bare', 7, { a: 1 }])],
    [
      'a block in a line',
      (doc) => doc.getXmlFragment('body').insert(0, [element('paragraph', {}, 'a', element('table'), 'b')]),
    ],
    ['a row without a table', (doc) => doc.getXmlFragment('body').insert(0, [element('tableRow')])],
    [
      'an attribute of another kind',
      (doc) => doc.getXmlFragment('body').insert(0, [element('heading', { level: { toString: 1 } }, 'x')]),
    ],
    [
      'names of the editor itself',
      (doc) =>
        doc
          .getXmlFragment('body')
          .insert(0, [element('doc'), element('text'), element('unsupportedBlock'), element('__proto__')]),
    ],
    [
      'a picture with something in it',
      (doc) => doc.getXmlFragment('body').insert(0, [element('image', { src: '/x' }, 'inside')]),
    ],
  ])('%s is shown as something, can be written beside, and stays', (_what, write) => {
    const [attacker, doc] = [new Y.Doc(), new Y.Doc()]
    write(attacker)
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(attacker))
    doc.getXmlFragment('body').push([element('paragraph', {}, 'beside')])
    const before = Y.encodeStateAsUpdate(doc)
    const page = open(doc)
    page.state.doc.check()
    expect(page.written).toEqual([])
    const peer = open(page)
    type(page, page.state.doc.content.size - 1, '!')
    exchange(page, peer)
    expect(peer.state.doc.eq(page.state.doc)).toBe(true)
    expect(peer.state.doc.lastChild!.textContent).toBe('beside!')
    const other = new Y.Doc()
    Y.applyUpdate(other, before)
    // Nothing of it was deleted: what the page adds is one letter.
    expect(Y.encodeStateAsUpdate(page.doc).length - Y.encodeStateAsUpdate(other).length).toBeLessThan(40)
  })

  test('a value that no text can be made of is never drawn: what has it is shown as unsupported, and stays', () => {
    const unwritable = { toString: 1 }
    const list = element('orderedList', {}, element('listItem', {}, element('paragraph', {}, 'x')))
    list.setAttribute('start', unwritable as never)
    const text = new Y.XmlText()
    text.applyDelta([{ insert: 'y', attributes: { link: { href: '/', title: [unwritable] } } }])
    const page = open(documentOf(list, element('paragraph', {}, text)))
    expect(page.state.doc.child(0).type.name).toBe('unsupportedBlock')
    expect(page.state.doc.child(1).firstChild!.marks.map(({ type: { name } }) => name)).toEqual(['unsupportedMark'])
    type(page, page.state.doc.content.size - 1, '!')
    expect(list.getAttribute('start')).toEqual(unwritable)
    expect(JSON.stringify(text.toDelta())).toContain(JSON.stringify({ link: { href: '/', title: [unwritable] } }))
    expect(page.state.doc.textContent).toBe('y!')
  })

  test('what had no place among its neighbours is shown once it has one', () => {
    const summary = (text: string) => element('detailsSummary', {}, text)
    const content = element('detailsContent', {}, element('paragraph', {}, 'inside'))
    const page = open(documentOf(element('details', {}, summary('one'), summary('two'), content)))
    expect(page.state.doc.child(0).type.name).toBe('unsupportedBlock')
    ;(page.fragment.get(0) as Y.XmlElement).delete(0, 1)
    expect(String(page.state.doc)).toBe('doc(details(detailsSummary("two"), detailsContent(paragraph("inside"))))')
    expect(page.written).toHaveLength(1) // the test's own deletion
  })

  test('a list that two people emptied shows what the schema demands; that becomes real only when somebody writes in it', () => {
    const page = open(documentOf(element('bulletList'), element('paragraph', {}, 'after')))
    expect(String(page.state.doc)).toBe('doc(bulletList(listItem(paragraph)), paragraph("after"))')
    type(page, 12, '!')
    expect(stored(page)).toBe('<bulletlist></bulletlist><paragraph>after!</paragraph>')
    type(page, 3, 'x')
    expect(stored(page)).toBe(
      '<bulletlist><listitem><paragraph>x</paragraph></listitem></bulletlist><paragraph>after!</paragraph>',
    )
  })

  test('nesting is shown to 64 levels, and the editor goes on writing at 1,500', () => {
    const doc = documentOf(element('paragraph', {}, 'above'))
    let innermost: Y.XmlFragment = doc.getXmlFragment('body')
    const page = open(doc)
    for (let level = 0; level < 1_500; level += 1) {
      const quote = new Y.XmlElement('blockquote')
      innermost.insert(innermost.length, [quote])
      innermost = quote
      if (level % 50 === 49)
        Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(page.doc)), 'remote')
    }
    innermost.insert(0, [element('paragraph', {}, 'deep')])
    Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(page.doc)), 'remote')
    expect(depthOf(page.state.doc)).toBe(65)
    expect(page.written).toEqual([])
    type(page, 6, '!')
    expect(((page.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText).toString()).toBe('above!')
    innermost.insert(0, [element('paragraph', {}, 'deeper')])
    Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(page.doc)), 'remote')
    page.dispatch(page.state.tr.setSelection(TextSelection.atStart(page.state.doc)))
    type(page, 1, 'still ')
    expect(page.state.doc.firstChild!.textContent).toBe('still above!')
  })
})

function depthOf(doc: Node): number {
  let depth = 0
  doc.descendants((_node, position) => void (depth = Math.max(depth, doc.resolve(position).depth + 1)))
  return depth
}
