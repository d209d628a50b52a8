import { CellSelection } from '@tiptap/pm/tables'
import { AllSelection, NodeSelection, Plugin, TextSelection } from '@tiptap/pm/state'
import { afterEach, describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { HeadlessEditor } from '../test/headless-editor.ts'
import { documentOf, element, exchange, openPage, setCaret, type } from '../test/pages.ts'
import { schema } from '../test/schemas.ts'
import { ySyncPluginKey } from './plugin-keys.ts'

const pages: HeadlessEditor[] = []
afterEach(() => {
  for (const page of pages.splice(0)) page.destroy()
})

function open(...arguments_: Parameters<typeof openPage>): HeadlessEditor {
  const page = openPage(...arguments_)
  pages.push(page)
  return page
}

/** Two pages on the same paragraphs. */
function two(...paragraphs: readonly string[]): [HeadlessEditor, HeadlessEditor] {
  const doc = documentOf(...paragraphs.map((text) => element('paragraph', {}, text)))
  return [open(doc), open(doc)]
}

/** What the page's newest transactions did, as ranges of the document before. */
function steps(page: HeadlessEditor, happen: () => void): (readonly [number, number, number])[] {
  const ranges: [number, number, number][] = []
  const dispatch = page.dispatch
  Object.assign(page, {
    dispatch: (transaction: Parameters<typeof dispatch>[0]) => {
      for (const map of transaction.mapping.maps)
        map.forEach((from, to, newFrom, newTo) => ranges.push([from, to, newTo - newFrom]))
      dispatch(transaction)
    },
  })
  happen()
  Object.assign(page, { dispatch })
  return ranges
}

describe('what somebody else writes', () => {
  test('comes in as one step that is no larger than the change', () => {
    const [ann, bob] = two('one', 'two', 'three')
    type(bob, 8, 'XY')
    expect(steps(ann, () => ann.receive(bob))).toEqual([[8, 8, 2]])
    bob.dispatch(bob.state.tr.delete(8, 9))
    expect(steps(ann, () => ann.receive(bob))).toEqual([[8, 9, 0]])
    bob.dispatch(bob.state.tr.split(8))
    // What is behind the split is new in the Y.Doc: the last letters leave one paragraph and come in as another.
    expect(steps(ann, () => ann.receive(bob))).toEqual([
      [11, 11, 4],
      [8, 10, 0],
    ])
    expect(ann.state.doc.eq(bob.state.doc)).toBe(true)
  })

  test('far apart comes in as a step for each place, and leaves the nodes between what they are', () => {
    const [ann, bob] = two('one', 'two', 'three')
    const between = ann.state.doc.child(1)
    bob.doc.transact(() => {
      type(bob, 1, 'a')
      type(bob, bob.state.doc.content.size - 1, 'z')
    })
    expect(steps(ann, () => ann.receive(bob))).toHaveLength(2)
    expect(ann.state.doc.child(1)).toBe(between)
  })

  test('changes an attribute without a position moving', () => {
    const doc = documentOf(element('heading', { level: 1 }, 'title'))
    const [ann, bob] = [open(doc), open(doc)]
    setCaret(ann, 4)
    bob.dispatch(bob.state.tr.setNodeMarkup(0, null, { level: 3 }))
    expect(steps(ann, () => ann.receive(bob))).toEqual([])
    expect(ann.state.doc.firstChild!.attrs['level']).toBe(3)
    expect(ann.state.selection.head).toBe(4)
  })
})

describe('a paragraph that is moved', () => {
  /** Cuts the child and puts it where the other one begins. */
  const move = (page: HeadlessEditor, index: number, before: number) => {
    const { doc, tr } = page.state
    const startOf = (child: number) =>
      doc.content.content.slice(0, child).reduce((sum, { nodeSize }) => sum + nodeSize, 0)
    const [from, to] = [startOf(index), startOf(index + 1)]
    tr.delete(from, to)
    page.dispatch(tr.insert(tr.mapping.map(startOf(before)), doc.child(index)))
  }
  const texts = ({ state }: HeadlessEditor) => state.doc.content.content.map(({ textContent }) => textContent)

  test.each([
    ['down', { moved: 0, before: 2, bobAt: 7 }, ['t!wo', 'one', 'three']],
    ['up', { moved: 1, before: 0, bobAt: 2 }, ['two', 'o!ne', 'three']],
  ] as const)(
    '%s is what is made anew: what somebody writes in its neighbour meanwhile is kept',
    (_way, how, expected) => {
      const [ann, bob] = two('one', 'two', 'three')
      type(bob, how.bobAt, '!')
      move(ann, how.moved, how.before)
      exchange(ann, bob)
      expect([texts(ann), texts(bob)]).toEqual([expected, expected])
      expect(bob.state.selection.$head.parent.textContent).toContain('!')
    },
  )

  test('with others stays itself where more would have to be made anew', () => {
    const [ann, bob] = two('one', 'two', 'three')
    type(bob, 2, '!')
    const { doc, tr } = ann.state
    tr.delete(0, 10)
    ann.dispatch(tr.insert(tr.doc.content.size, [doc.child(0), doc.child(1)]))
    exchange(ann, bob)
    expect(texts(ann)).toEqual(['three', 'o!ne', 'two'])
  })
})

describe('the caret', () => {
  test('[tiptap #7332] stays where it is when somebody else types in the same fresh paragraph', () => {
    const [ann, bob] = [open(), open()]
    setCaret(ann, 1)
    type(bob, 1, 'hello')
    ann.receive(bob)
    expect(ann.state.doc.textContent).toBe('hello')
    expect(ann.state.selection.head).toBe(1)
    type(ann, 1, 'A')
    type(bob, 6, '!')
    exchange(ann, bob)
    expect(ann.state.selection.head).toBe(2)
    expect(bob.state.selection.head).toBe(8)
    expect(ann.state.doc.textContent).toBe('Ahello!')
  })

  test('stays before what comes in at it, and a selection does not grow', () => {
    const [ann, bob] = two('word')
    setCaret(ann, 5)
    type(bob, 5, '!')
    ann.receive(bob)
    expect(ann.state.selection.head).toBe(5)
    setCaret(ann, 2, 4)
    type(bob, 4, '>')
    type(bob, 2, '<')
    ann.receive(bob)
    expect(ann.state.doc.textBetween(ann.state.selection.from, ann.state.selection.to)).toBe('or')
  })

  test('goes to what is left when its paragraph is deleted, whatever kind of selection it is', () => {
    for (const selectIt of [
      (page: HeadlessEditor) => setCaret(page, 7),
      (page: HeadlessEditor) => page.dispatch(page.state.tr.setSelection(NodeSelection.create(page.state.doc, 5))),
      (page: HeadlessEditor) => page.dispatch(page.state.tr.setSelection(new AllSelection(page.state.doc))),
    ]) {
      const [ann, bob] = two('one', 'two', 'three')
      selectIt(ann)
      bob.dispatch(bob.state.tr.delete(0, bob.state.doc.content.size))
      ann.receive(bob)
      expect(ann.state.doc.eq(bob.state.doc)).toBe(true)
      expect(ann.state.selection.to).toBeLessThanOrEqual(ann.state.doc.content.size)
    }
  })

  test('is a caret where the block that was selected as a whole is gone, and takes nothing of what follows with it', () => {
    const words = (text: string) => element('paragraph', {}, text)
    for (const selected of [1, 2]) {
      const doc = documentOf(words('one'), element('horizontalRule'), element('horizontalRule'), words('three'))
      const [ann, bob] = [open(doc), open(doc)]
      const at = ann.state.doc.resolve(0).posAtIndex(selected)
      ann.dispatch(ann.state.tr.setSelection(NodeSelection.create(ann.state.doc, at)))
      bob.dispatch(bob.state.tr.delete(at, at + 1))
      ann.receive(bob)
      expect(ann.state.selection).toBeInstanceOf(TextSelection)
      ann.dispatch(ann.state.tr.replaceSelectionWith(schema.text('!')))
      bob.receive(ann)
      expect([bob.state.doc.textContent.length, bob.state.doc.childCount]).toEqual(['one!three'.length, 3])
    }
  })

  test('is a caret where one of the cells that were selected is gone, and the table keeps those that are left', () => {
    const words = (name: string, text: string) => element(name, {}, element('paragraph', {}, text))
    const row = (name: string) => element('tableRow', {}, words('tableCell', name), words('tableCell', `${name}2`))
    const doc = documentOf(element('table', {}, row('a'), row('b')))
    for (const [anchor, head] of [
      ['a', 'b2'],
      ['b2', 'a'],
    ] as const) {
      const [ann, bob] = [open(doc), open(doc)]
      const cells: Record<string, number> = {}
      ann.state.doc.descendants((node, at) => {
        if (node.type.name === 'tableCell') cells[node.textContent] = at
      })
      ann.dispatch(ann.state.tr.setSelection(CellSelection.create(ann.state.doc, cells[anchor]!, cells[head])))
      bob.dispatch(bob.state.tr.delete(cells['b']! - 1, bob.state.doc.content.size - 1))
      ann.receive(bob)
      ann.dispatch(ann.state.tr.insertText('!'))
      expect(ann.state.doc.firstChild?.firstChild?.childCount).toBe(2)
      expect(ann.state.doc.textContent.replace('!', '')).toBe('aa2')
    }
  })

  test('stays with a block that is selected as a whole when others change it or what is beside it', () => {
    const doc = documentOf(element('paragraph', {}, 'one'), element('horizontalRule'), element('heading', {}, 'two'))
    const [ann, bob] = [open(doc), open(doc)]
    for (const at of [5, 6]) {
      ann.dispatch(ann.state.tr.setSelection(NodeSelection.create(ann.state.doc, at)))
      bob.dispatch(bob.state.tr.setNodeAttribute(6, 'level', 1 + at - 4).insertText('>', 1))
      ann.receive(bob)
      expect(ann.state.selection).toBeInstanceOf(NodeSelection)
      expect(ann.state.selection.from).toBe(at + 1)
      bob.dispatch(bob.state.tr.delete(1, 2))
      ann.receive(bob)
    }
  })

  test('is beside a table that has no cells any more, however it came to be selected', () => {
    for (const rows of [[element('tableRow')], [element('tableRow'), element('tableRow')]]) {
      for (const others of [[element('paragraph', {}, 'one')], []]) {
        const ann = open(documentOf(...others, element('table', {}, ...rows.map((row) => row.clone()))))
        ann.state.doc.descendants((node, at) => {
          if (node.type.spec['tableRole'] === undefined) return
          ann.dispatch(ann.state.tr.setSelection(NodeSelection.create(ann.state.doc, at)))
          expect(ann.state.selection).not.toBeInstanceOf(NodeSelection)
        })
      }
    }
  })

  test('stays with a picture that is selected when others say something of it, and when that is undone', () => {
    const doc = documentOf(element('paragraph', {}, 'one'), element('image', { src: '/a' }))
    const [ann, bob] = [open(doc), open(doc)]
    ann.dispatch(ann.state.tr.setSelection(NodeSelection.create(ann.state.doc, 5)))
    bob.dispatch(bob.state.tr.setNodeMarkup(5, null, { src: '/a', alt: 'said by bob' }))
    ann.receive(bob)
    expect(ann.state.selection).toMatchObject({ node: ann.state.doc.child(1) })
    expect(ann.state.doc.child(1).attrs['alt']).toBe('said by bob')
    const tr = ann.state.tr.setNodeAttribute(5, 'alt', 'mine')
    ann.dispatch(tr.setSelection(NodeSelection.create(tr.doc, 5)))
    ann.undoManager.undo()
    expect(ann.state.doc.child(1).attrs['alt']).toBe('said by bob')
    expect(ann.state.selection).toMatchObject({ node: ann.state.doc.child(1) })
  })

  test('stays in its word when the block around it becomes another', () => {
    const [ann, bob] = two('one', 'two')
    setCaret(ann, 7)
    bob.dispatch(bob.state.tr.setBlockType(6, 6, schema.nodes['heading']!, { level: 1 }))
    ann.receive(bob)
    expect(ann.state.selection.$head.parent.textContent).toBe('two')
  })

  test('of a letter among equal ones is written where it was typed', () => {
    const [ann, bob] = two('aaaa')
    type(ann, 2, 'a')
    setCaret(bob, 5)
    type(bob, 5, 'z')
    const item = ((ann.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText)._start!
    expect(item.length).toBe(1)
    exchange(ann, bob)
    expect(ann.state.doc.textContent).toBe('aaaaaz')
  })
})

describe('undo', () => {
  test('takes back what was done here and nothing else, and puts the caret where it was', () => {
    const [ann, bob] = two('one', 'two')
    type(ann, 4, ' mine')
    type(bob, 6, 'theirs ')
    exchange(ann, bob)
    setCaret(ann, ann.state.doc.content.size - 1)
    ann.undoManager.undo()
    expect(ann.state.doc.textContent).toBe('onetheirs two')
    expect(ann.state.selection.head).toBe(4)
    ann.undoManager.redo()
    expect(ann.state.doc.textContent).toBe('one minetheirs two')
    expect(ann.undoManager.canUndo()).toBe(true)
    bob.undoManager.undo()
    expect(bob.state.doc.textContent).toBe('one minetwo')
  })

  test('leaves what somebody else wrote in what it takes back', () => {
    const [ann, bob] = two('one')
    ann.dispatch(ann.state.tr.insert(5, schema.nodes['bulletList']!.createAndFill()!))
    bob.receive(ann)
    type(bob, 8, 'theirs')
    ann.receive(bob)
    ann.undoManager.undo()
    expect(String(ann.state.doc)).toBe('doc(paragraph("one"), bulletList(listItem(paragraph("theirs"))))')
  })
})

describe('an input method', () => {
  test('is not disturbed in its paragraph; what came meanwhile stands beside what was composed', () => {
    const [ann, bob] = two('start end', 'other')
    setCaret(ann, 7)
    ann.compose()
    ann.dispatch(ann.state.tr.insertText('に', 7))
    bob.receive(ann)
    type(bob, 1, '<')
    bob.dispatch(bob.state.tr.delete(9, 12)) // "end"
    type(bob, bob.state.doc.content.size - 1, '!')
    const composed = ann.state.doc.child(0)
    ann.receive(bob)
    expect(ann.state.doc.child(0)).toBe(composed)
    expect(ann.state.doc.child(1).textContent).toBe('other!')
    ann.dispatch(ann.state.tr.insertText('日本', 7, 8))
    expect(ann.written.length).toBe(1)
    ann.endComposition()
    expect(ann.state.doc.textContent).toBe('<start 日本other!')
    expect(ann.state.selection.head).toBe(10)
    exchange(ann, bob)
    expect(bob.state.doc.eq(ann.state.doc)).toBe(true)
  })

  test('replaces what it had written where that is now, also at the beginning of a paragraph', () => {
    const [ann, bob] = [open(), open()]
    setCaret(ann, 1)
    ann.compose()
    ann.dispatch(ann.state.tr.insertText('か', 1))
    bob.receive(ann)
    type(bob, 1, 'peer ')
    ann.receive(bob)
    ann.dispatch(ann.state.tr.insertText('漢字', 1, 2))
    ann.endComposition()
    expect(ann.state.doc.textContent).toBe('peer 漢字')
  })

  test('whose paragraph is deleted meanwhile ends, and nothing is written', () => {
    const [ann, bob] = two('one', 'two')
    setCaret(ann, 7)
    ann.compose()
    bob.dispatch(bob.state.tr.delete(5, 10))
    ann.receive(bob)
    ann.endComposition()
    expect(ann.state.doc.textContent).toBe('one')
    expect(ann.written).toEqual([])
  })
})

describe('showing', () => {
  test('lets no plugin add to it, and an editor that is not editable changes nothing', () => {
    const [ann, bob] = two('one')
    const eager = new Plugin({ appendTransaction: (_made, _before, { tr }) => tr.insertText('!', 1) })
    ann.state = ann.state.reconfigure({ plugins: [...ann.state.plugins, eager] })
    type(bob, 4, ' more')
    ann.receive(bob)
    expect(ann.state.doc.textContent).toBe('one more')
    const reader = open(bob, { editable: false })
    reader.dispatch(reader.state.tr.insertText('x', 1))
    expect(reader.state.doc.textContent).toBe('one more')
    expect([...ann.written, ...reader.written]).toEqual([])
  })

  test('whoever may only read is stopped before the change is shown, and one that comes past that is taken back', () => {
    const [ann] = two('one')
    const reader = open(ann, { editable: false })
    expect(steps(reader, () => reader.dispatch(reader.state.tr.insertText('x', 1)))).toEqual([[1, 1, 1]])
    // As a plugin's that says it is from the Y.Doc.
    reader.dispatch(reader.state.tr.insertText('x', 1).setMeta('y-sync$', {}))
    expect(reader.state.doc.textContent).toBe('one')
    expect(reader.written).toEqual([])
  })

  test('of equal blocks the one goes that was deleted, and what somebody else writes in the other stays', () => {
    const [ann, bob] = two('same', 'same')
    ann.dispatch(ann.state.tr.delete(0, 6))
    type(bob, 11, '!')
    exchange(ann, bob)
    expect(ann.state.doc.textContent).toBe('same!')
    expect(bob.state.doc.eq(ann.state.doc)).toBe(true)
  })

  test('keeps the marks that the next letter is to have', () => {
    const [ann, bob] = two('one')
    setCaret(ann, 4)
    ann.dispatch(ann.state.tr.setStoredMarks([schema.marks['bold']!.create()]))
    type(bob, 1, 'x')
    ann.receive(bob)
    expect(ann.state.storedMarks).toHaveLength(1)
  })

  test('a text selection across blocks stays one', () => {
    const [ann, bob] = two('one', 'two', 'three')
    setCaret(ann, 2, 13)
    type(bob, 7, 'x')
    ann.receive(bob)
    expect(ann.state.selection).toBeInstanceOf(TextSelection)
    expect([ann.state.selection.anchor, ann.state.selection.head]).toEqual([2, 14])
  })
})

/** That it looks right is not enough: the next letter has to go where it belongs. */
describe('what looks the same and is not', () => {
  test('a paragraph that was replaced by an equal one is written into the one that is there', () => {
    const doc = documentOf(element('paragraph', {}, 'same'))
    const page = open(doc)
    page.doc.transact(() => {
      page.fragment.delete(0, 1)
      page.fragment.insert(0, [element('paragraph', {}, 'same')])
    })
    type(page, 5, '!')
    expect(page.fragment.toString()).toBe('<paragraph>same!</paragraph>')
    expect(page.state.doc.textContent).toBe('same!')
  })

  test.each([0, 1, 2])('of empty paragraphs, one of which came in at %i, each is written where it stands', (at) => {
    const page = open(documentOf(element('paragraph'), element('paragraph')))
    page.fragment.insert(at, [element('paragraph')])
    for (const [nth, letter] of ['a', 'b', 'c'].entries()) type(page, 1 + nth * 3, letter)
    expect(page.fragment.toString()).toBe('<paragraph>a</paragraph><paragraph>b</paragraph><paragraph>c</paragraph>')
  })

  test('one object that stands in the document twice is two paragraphs', () => {
    const page = open(documentOf(element('paragraph', {}, 'twin'), element('paragraph', {}, 'end')))
    page.dispatch(page.state.tr.insert(6, page.state.doc.child(0)))
    type(page, 11, '2')
    type(page, 1, '1')
    expect(page.fragment.toString()).toBe(
      '<paragraph>1twin</paragraph><paragraph>twin2</paragraph><paragraph>end</paragraph>',
    )
    ;((page.fragment.get(1) as Y.XmlElement).get(0) as Y.XmlText).insert(0, '>')
    expect(page.state.doc.child(1).textContent).toBe('>twin2')
  })

  test('a mark on a line break that changed while its paragraph was held is drawn with the rest', () => {
    const doc = documentOf(element('paragraph', {}, 'a', element('hardBreak'), 'b'))
    const [ann, bob] = [open(doc), open(doc)]
    setCaret(ann, 2)
    ann.compose()
    bob.dispatch(bob.state.tr.addMark(1, 4, schema.marks['bold']!.create()))
    ann.receive(bob)
    ann.endComposition()
    expect(ann.state.doc.eq(bob.state.doc)).toBe(true)
    expect(ann.state.doc.child(0).child(1).marks).toHaveLength(1)
  })

  test('many new blocks of somebody else are drawn little by little, and what is written meanwhile stands where it should', () => {
    const [ann, bob] = two('first', 'last')
    bob.fragment.insert(
      1,
      Array.from({ length: 100 }, (_, index) => element('paragraph', {}, `new ${index}`)),
    )
    ann.receive(bob)
    expect(ann.state.doc.childCount).toBe(5)
    type(ann, ann.state.doc.content.size - 1, '!')
    ann.dispatch(ann.state.tr.split(6))
    while (ann.hasMoreToDo) ann.settle()
    expect(ann.state.doc.childCount).toBe(103)
    expect(ann.state.doc.lastChild!.textContent).toBe('last!')
    exchange(ann, bob)
    while (bob.hasMoreToDo) bob.settle()
    expect(bob.state.doc.eq(ann.state.doc)).toBe(true)
  })

  test('of a document that was there the beginning is drawn first, and the rest follows; who needs all of it has it at once', () => {
    const lines = Array.from({ length: 100 }, (_, index) => element('paragraph', {}, `line ${index}`))
    const page = open(documentOf(...lines))
    const before = page.fragment.toString()
    page.reopen()
    expect(page.state.doc.childCount).toBe(3)
    page.settle()
    expect(page.state.doc.childCount).toBe(100)
    page.reopen()
    const { keydown } = ySyncPluginKey.get(page.state)!.props.handleDOMEvents!
    keydown!.call(ySyncPluginKey.get(page.state)!, page as never, { ctrlKey: true } as KeyboardEvent)
    expect(page.state.doc.childCount).toBe(100)
    expect(page.hasMoreToDo).toBe(false)
    expect(page.fragment.toString()).toBe(before)
  })
})
