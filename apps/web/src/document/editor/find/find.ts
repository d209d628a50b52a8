import { Extension, type Editor } from '@tiptap/core'
import { Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import { revealDetails } from '../blocks/details-view.ts'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { searchText, type Match } from './search-text.ts'

/** More are not counted nor marked. */
export const MOST_MATCHES = 1_000
/** What one "Replace all" changes at most; who has more presses it again. */
const MOST_REPLACED = 5_000

export interface Finding {
  readonly words: string
  readonly matchCase: boolean
  readonly matches: readonly Match[]
  /** Index of the one that is being looked at; -1 when there is none. */
  readonly current: number
  readonly marks: DecorationSet
}

const NOTHING: Finding = { words: '', matchCase: false, matches: [], current: -1, marks: DecorationSet.empty }
const key = new PluginKey<Finding>('find')

type Request = { readonly words: string; readonly matchCase: boolean } | { readonly current: number } | 'close'

/** Marks what is looked for, for this reader only. */
export const Find = Extension.create({
  name: 'find',

  addProseMirrorPlugins() {
    return [
      new Plugin<Finding>({
        key,
        state: { init: () => NOTHING, apply: nextFinding },
        props: { decorations: (state) => key.getState(state)?.marks },
      }),
    ]
  },
})

export function findingOf(state: EditorState): Finding {
  return key.getState(state) ?? NOTHING
}

/** Looks for the words, from the selection on. No words are no matches. */
export function find(editor: Editor, words: string, { matchCase }: { matchCase: boolean }): void {
  request(editor, { words, matchCase })
  show(editor)
}

/** The next or the previous one, around the ends. */
export function step(editor: Editor, by: 1 | -1): void {
  const { matches, current } = findingOf(editor.state)
  if (matches.length === 0) return
  request(editor, { current: (current + by + matches.length) % matches.length })
  show(editor)
}

/** Takes the marks away and selects what was looked at last. */
export function closeFind(editor: Editor): void {
  const { matches, current } = findingOf(editor.state)
  const match = matches[current]
  const { tr, doc } = editor.state
  if (match) tr.setSelection(TextSelection.create(doc, match.from, match.to))
  editor.view.dispatch(tr.setMeta(key, 'close' satisfies Request))
  editor.view.focus()
}

/** Replaces the one that is looked at, as a step of undo of its own, and goes to the next. False: there is none. */
export function replaceCurrent(editor: Editor, text: string): boolean {
  const { matches, current } = findingOf(editor.state)
  const match = matches[current]
  if (!match || !editor.isEditable) return false
  asOwnUndoStep(editor, () => editor.view.dispatch(replaced(editor.state.tr, match, text)))
  show(editor)
  return true
}

/** Replaces all, as one step of undo. Returns how many. */
export function replaceAll(editor: Editor, text: string): number {
  const { words, matchCase } = findingOf(editor.state)
  if (!editor.isEditable) return 0
  const matches = searchText(editor.state.doc, words, { matchCase, limit: MOST_REPLACED })
  const { tr } = editor.state
  for (const match of matches.toReversed()) replaced(tr, match, text)
  if (matches.length > 0) asOwnUndoStep(editor, () => editor.view.dispatch(tr))
  return matches.length
}

/** The new text looks as the old did. */
function replaced(tr: Transaction, { from, to }: Match, text: string): Transaction {
  return text === '' ? tr.delete(from, to) : tr.insertText(text, from, to)
}

function request(editor: Editor, what: Request): void {
  editor.view.dispatch(editor.state.tr.setMeta(key, what))
}

function show(editor: Editor): void {
  const { matches, current } = findingOf(editor.state)
  const match = matches[current]
  if (!match) return
  revealDetails(editor.view, match.from)
  const { node } = editor.view.domAtPos(match.from)
  const element = node instanceof HTMLElement ? node : node.parentElement
  element?.scrollIntoView({ block: 'center' })
}

function nextFinding(
  transaction: Transaction,
  before: Finding,
  _old: EditorState,
  { doc, selection }: EditorState,
): Finding {
  const asked = transaction.getMeta(key) as Request | undefined
  if (asked === 'close') return NOTHING
  if (asked !== undefined && 'words' in asked) {
    const matches = searchText(doc, asked.words, { ...asked, limit: MOST_MATCHES })
    const start = before.matches[before.current]?.from ?? selection.from
    const next = matches.findIndex(({ from }) => from >= start)
    return marked({ ...asked, matches, current: next < 0 ? matches.length - 1 : next, marks: before.marks }, doc)
  }
  if (asked !== undefined) return marked({ ...before, current: asked.current }, doc)
  if (!transaction.docChanged || before.words === '') return before
  // What others write is found too; the one that was looked at stays so, or gives way to the next.
  const matches = searchText(doc, before.words, { matchCase: before.matchCase, limit: MOST_MATCHES })
  const at = transaction.mapping.map(before.matches[before.current]?.from ?? 0)
  const next = matches.findIndex(({ from }) => from >= at)
  return marked({ ...before, matches, current: next < 0 ? Math.min(0, matches.length - 1) : next }, doc)
}

function marked(finding: Finding, doc: EditorState['doc']): Finding {
  const decorations = finding.matches.map(({ from, to }, index) =>
    Decoration.inline(from, to, { class: index === finding.current ? 'found found-current' : 'found' }),
  )
  return { ...finding, marks: DecorationSet.create(doc, decorations) }
}
