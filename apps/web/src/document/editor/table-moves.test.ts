// @vitest-environment jsdom
import { undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from '@tandem/binding'
import { documentExtensions } from '@tandem/schema'
import { Editor, Extension } from '@tiptap/core'
import { CellSelection } from '@tiptap/pm/tables'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { dismiss, toastStore } from '../../ui/toast-store.ts'
import { moveBlocks } from './blocks/block-edits.ts'
import { BlockKeys } from './blocks/block-keys.ts'
import { endUndoStep } from './own-undo-step.ts'
import { moveInTable, whyNotMoved, type TableDirection } from './table-moves.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const { id } of toastStore.getSnapshot()) dismiss(id)
  for (const editor of editors.splice(0)) editor.destroy()
})

/** One person's editor. What others tell of themselves is in `others`. */
function open(doc: Y.Doc, others: Map<number, Record<string, unknown>> = new Map()): Editor {
  const fragment = doc.getXmlFragment('x')
  const awareness: Parameters<typeof yCursorPlugin>[0] = {
    clientID: doc.clientID,
    getLocalState: () => null,
    getStates: () => others,
    setLocalStateField: () => undefined,
    on: () => undefined,
    off: () => undefined,
  }
  const bound = Extension.create({
    name: 'bound',
    addProseMirrorPlugins: () => [ySyncPlugin(fragment), yUndoPlugin(), yCursorPlugin(awareness)],
  })
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, extensions: [...documentExtensions(), bound, BlockKeys] })
  editors.push(editor)
  return editor
}

/** An editor with the caret behind this letter. */
function editorOf(html: string, letter: string): Editor {
  const editor = open(new Y.Doc())
  editor.commands.setContent(html)
  editor.commands.setTextSelection(behind(editor, letter))
  endUndoStep(editor.state)
  return editor
}

function behind({ state: { doc } }: Editor, letter: string): number {
  let found = -1
  doc.descendants((node, at) => {
    if (found < 0 && node.text?.includes(letter)) found = at + node.text.indexOf(letter) + 1
  })
  return found
}

/** A table as people draw them: a line for each row, a letter for each cell; `a2x3` is two columns wide and three rows high, `A` a header. */
function tableOf(...rows: readonly string[]): string {
  const cell = (said: string) => {
    const [letter, colspan = 1, rowspan = 1] = [said[0]!, said[1], said[3]]
    const tag = letter === letter.toUpperCase() ? 'th' : 'td'
    return `<${tag} colspan="${colspan}" rowspan="${rowspan}"><p>${letter}</p></${tag}>`
  }
  return `<table>${rows.map((row) => `<tr>${row.split(' ').map(cell).join('')}</tr>`).join('')}</table>`
}

const shown = ({ state: { doc } }: Editor) => {
  doc.check()
  return doc.firstChild!.children.map((row) => row.children.map(({ textContent }) => textContent).join(''))
}

function move(editor: Editor, direction: TableDirection): void {
  const transaction = moveInTable(editor.state, direction)
  if (transaction) editor.view.dispatch(transaction)
}

const caretIn = ({ state: { selection } }: Editor) => selection.$head.parent.textContent
const PLAIN = tableOf('A B C', 'd e f', 'g h i')
/** `b` is two columns wide, `d` two rows high. */
const MERGED = tableOf('a b2', 'c d1x2 e', 'f g', 'h i j')

describe('a row or column', () => {
  test.each<[string, string, string, TableDirection, string[]]>([
    ['row goes down', PLAIN, 'e', 'down', ['ABC', 'ghi', 'def']],
    ['row goes up', PLAIN, 'i', 'up', ['ABC', 'ghi', 'def']],
    ['column goes right', PLAIN, 'e', 'right', ['ACB', 'dfe', 'gih']],
    ['column goes left', PLAIN, 'B', 'left', ['BAC', 'edf', 'hgi']],
    ['row goes past rows that a cell holds together', MERGED, 'h', 'up', ['ab', 'hij', 'cde', 'fg']],
    ['row takes along what a cell ties it to', MERGED, 'f', 'down', ['ab', 'hij', 'cde', 'fg']],
    ['the same, from the cell', MERGED, 'd', 'up', ['cde', 'fg', 'ab', 'hij']],
    ['column goes past columns that a cell holds together', MERGED, 'h', 'right', ['ba', 'dec', 'gf', 'ijh']],
    ['column takes along what a cell ties it to', MERGED, 'j', 'left', ['ba', 'dec', 'gf', 'ijh']],
  ])('%s, and the caret stays where it was', (_name, table, letter, direction, rows) => {
    const editor = editorOf(table, letter)
    move(editor, direction)
    expect(shown(editor)).toEqual(rows)
    expect(caretIn(editor)).toBe(letter)
    expect(editor.state.selection.$head.parentOffset).toBe(1)
    undo(editor.state)
    expect(shown(editor)).toEqual(shown(editorOf(table, letter)))
  })

  test.each<[string, string, TableDirection, string]>([
    [PLAIN, 'd', 'up', 'The header row stays first'],
    [PLAIN, 'A', 'down', 'The header row stays first'],
    [PLAIN, 'g', 'down', 'This is the last row'],
    [PLAIN, 'd', 'left', 'This is the first column'],
    [tableOf('A b', 'C d'), 'b', 'left', 'The header column stays first'],
    [tableOf('A b', 'C d'), 'A', 'right', 'The header column stays first'],
    [tableOf('a b1x2', 'c', 'd e'), 'c', 'up', 'A merged cell ties this row to the first row'],
    [tableOf('a2', 'b c'), 'b', 'right', 'A merged cell ties this column to the last column'],
  ])('of %s, at %s, does not go %s: %s', (table, letter, direction, why) => {
    const editor = editorOf(table, letter)
    expect(whyNotMoved(editor.state, direction)).toBe(why)
    expect(moveInTable(editor.state, direction)).toBeUndefined()
  })

  test('moves with others that are selected, which stay selected, and with its width', () => {
    const editor = editorOf(PLAIN, 'd')
    const cellOf = (letter: string) => behind(editor, letter) - 3
    editor.view.dispatch(editor.state.tr.setNodeAttribute(cellOf('B'), 'colwidth', [150]))
    const selected = CellSelection.create(editor.state.doc, cellOf('e'), cellOf('i'))
    editor.view.dispatch(editor.state.tr.setSelection(selected))
    move(editor, 'left')
    expect(shown(editor)).toEqual(['BCA', 'efd', 'hig'])
    const { selection } = editor.state
    expect(selection).toBeInstanceOf(CellSelection)
    const cells: string[] = []
    ;(selection as CellSelection).forEachCell(({ textContent }) => cells.push(textContent))
    expect(cells).toEqual(['e', 'f', 'h', 'i'])
    expect(editor.state.doc.nodeAt(cellOf('B'))!.attrs['colwidth']).toEqual([150])
  })
})

describe('by keys', () => {
  const press = async ({ view }: Editor, key: string): Promise<boolean> => {
    const event = new KeyboardEvent('keydown', { key, altKey: true, shiftKey: true })
    const isTaken = view.someProp('handleKeyDown', (handle) => handle(view, event)) === true
    await vi.dynamicImportSettled()
    return isTaken
  }

  test('in a table its rows and columns are moved, a step of undo each; what stays says why', async () => {
    const editor = editorOf(`${PLAIN}<p>x</p>`, 'e')
    await press(editor, 'ArrowDown')
    expect(shown(editor)).toEqual(['ABC', 'ghi', 'def'])
    await press(editor, 'ArrowRight')
    expect(shown(editor)).toEqual(['ACB', 'gih', 'dfe'])
    undo(editor.state)
    expect(shown(editor)).toEqual(['ABC', 'ghi', 'def'])
    await press(editor, 'ArrowDown')
    expect(toastStore.getSnapshot().map(({ title }) => title)).toEqual(['This is the last row.'])
    expect(shown(editor)).toEqual(['ABC', 'ghi', 'def'])
  })

  test('elsewhere the arrows to the sides are the browser’s', async () => {
    const editor = editorOf('<p>x</p>', 'x')
    expect([await press(editor, 'ArrowLeft'), await press(editor, 'ArrowUp')]).toEqual([false, true])
  })
})

describe('while somebody else writes', () => {
  /** Two people on the same document; Ann sees Bob's caret behind this letter. */
  function together(html: string, letter: string): { ann: Editor; bob: Editor; exchange(): void } {
    const [annDoc, bobDoc] = [new Y.Doc(), new Y.Doc()]
    const exchange = () => {
      Y.applyUpdate(annDoc, Y.encodeStateAsUpdate(bobDoc))
      Y.applyUpdate(bobDoc, Y.encodeStateAsUpdate(annDoc))
    }
    const carets = new Map<number, Record<string, unknown>>()
    const [ann, bob] = [open(annDoc, carets), open(bobDoc)]
    ann.commands.setContent(html)
    exchange()
    bob.commands.setTextSelection(behind(bob, letter))
    const walker = bobDoc.getXmlFragment('x').createTreeWalker((type) => type instanceof Y.XmlText)
    const texts = [...(walker as Iterable<Y.XmlText>)]
    const text = texts.find((one) => one.toJSON().includes(letter))!
    const place = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, 1))
    carets.set(bobDoc.clientID, { cursor: { anchor: place, head: place }, user: { name: 'Bob', color: '#000000' } })
    // The other's caret is drawn with the next change that comes in.
    bob.commands.insertContent('?')
    exchange()
    return { ann, bob, exchange }
  }

  test.each<[string, TableDirection, string[]]>([
    ['in the row that is moved', 'up', ['ABC', 'ghi?!', 'def']],
    ['in the column that is moved', 'left', ['ACB', 'dfe', 'gi?!h']],
  ])('%s, with a caret that is seen: nothing is lost', (_name, direction, rows) => {
    const { ann, bob, exchange } = together(PLAIN, 'i')
    ann.commands.setTextSelection(behind(ann, 'i'))
    bob.commands.insertContent('!')
    move(ann, direction)
    exchange()
    expect(shown(ann)).toEqual(rows)
    expect(shown(bob)).toEqual(rows)
    expect(caretIn(bob)).toBe('i?!')
  })

  test('in a row that is gone past: nothing is lost', () => {
    const { ann, bob, exchange } = together(PLAIN, 'i')
    ann.commands.setTextSelection(behind(ann, 'd'))
    bob.commands.insertContent('!')
    move(ann, 'down')
    exchange()
    expect([shown(ann), shown(bob)]).toEqual([
      ['ABC', 'ghi?!', 'def'],
      ['ABC', 'ghi?!', 'def'],
    ])
  })

  test('in the paragraph that is moved, with a caret that is seen: nothing is lost', () => {
    const { ann, bob, exchange } = together('<p>a</p><p>b</p>', 'b')
    ann.commands.setTextSelection(behind(ann, 'b'))
    bob.commands.insertContent('!')
    ann.view.dispatch(moveBlocks(ann.state, 'up')!)
    exchange()
    expect(ann.getText({ blockSeparator: '|' })).toBe('b?!|a')
    expect(bob.getText({ blockSeparator: '|' })).toBe('b?!|a')
  })

  test('in both rows that change places: the letters in one of them are lost', () => {
    const { ann, bob, exchange } = together(PLAIN, 'i')
    ann.commands.setTextSelection(behind(ann, 'g'))
    bob.commands.insertContent('!')
    bob.commands.setTextSelection(behind(bob, 'd'))
    bob.commands.insertContent('!')
    move(ann, 'up')
    exchange()
    expect(shown(ann)).toEqual(['ABC', 'ghi?!', 'def'])
    expect(shown(bob)).toEqual(shown(ann))
  })

  test('who moves the same column, of whom one sees the other’s caret: it moves once, in every row', () => {
    const { ann, bob, exchange } = together(PLAIN, 'e')
    ann.commands.setTextSelection(behind(ann, 'e'))
    move(ann, 'right')
    move(bob, 'right')
    exchange()
    expect(shown(ann)).toEqual(['ACB', 'dfe?', 'gih'])
    expect(shown(bob)).toEqual(shown(ann))
  })

  test('in a row that has been moved, before that is undone: the letters stay, in a row of their own', () => {
    const { ann, bob, exchange } = together(PLAIN, 'd')
    ann.commands.setTextSelection(behind(ann, 'i'))
    endUndoStep(ann.state)
    move(ann, 'up')
    exchange()
    bob.commands.setTextSelection(behind(bob, 'h'))
    bob.commands.insertContent('!')
    exchange()
    undo(ann.state)
    exchange()
    expect(shown(ann)).toEqual(['ABC', '!', 'd?ef', 'ghi'])
    expect(shown(bob)).toEqual(shown(ann))
    // Only who edits repairs, so that not everybody does: the row has all its cells again.
    ann.commands.insertContentAt(behind(ann, 'A'), '.')
    expect(ann.state.doc.firstChild!.child(1).childCount).toBe(3)
  })
})
