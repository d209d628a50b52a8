// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { AllSelection, TextSelection } from '@tiptap/pm/state'
import { afterEach, expect, test } from 'vitest'
import { copyPlainText } from './copied-text.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: string): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, content, extensions: documentExtensions() })
  editors.push(editor)
  copyPlainText(editor)
  return editor
}

/** What somebody who selects from one word to another, or everything, copies. */
function copied({ state, view }: Editor, words?: { from: string; to: string }): string {
  let selection = new AllSelection(state.doc) as AllSelection | TextSelection
  if (words !== undefined) {
    const at = new Map<string, number>()
    state.doc.descendants((node, position) => void (node.text !== undefined && at.set(node.text, position)))
    selection = TextSelection.create(state.doc, at.get(words.from)!, at.get(words.to)! + words.to.length)
  }
  view.dispatch(state.tr.setSelection(selection))
  return view.serializeForClipboard(view.state.selection.content()).text
}

const LISTS =
  '<p>See <a href="https://a.example/">the plan</a>:</p><ul><li><p>one</p></li><li><p>two</p><ul><li><p>within</p></li></ul></li></ul>' +
  '<ol><li><p>first</p></li></ol><table><tr><th><p>What</p></th><th><p>Who</p></th></tr><tr><td><p>notes</p></td><td><p>Ana</p></td></tr></table>' +
  '<img src="/api/uploads/x" alt="A quay"><pre><code>let a\nlet b</code></pre>'

test('what is copied is text as in a text file, without addresses', () => {
  expect(copied(open(LISTS))).toBe(
    'See the plan:\n\n- one\n- two\n  - within\n\n1. first\n\nWhat | Who\nnotes | Ana\n\nA quay\n\nlet a\nlet b',
  )
})

test('of a list that is copied as a whole the sign is copied, too', () => {
  expect(copied(open('<ul><li><p>alone</p></li></ul>'))).toBe('- alone')
})

test('of several items the signs are copied, of one line only its words', () => {
  const editor = open(LISTS)
  expect(copied(editor, { from: 'one', to: 'within' })).toBe('- one\n- two\n  - within')
  expect(copied(editor, { from: 'within', to: 'within' })).toBe('within')
  expect(copied(editor, { from: 'Ana', to: 'Ana' })).toBe('Ana')
  expect(copied(editor, { from: 'See ', to: 'the plan' })).toBe('See the plan')
  expect(copied(editor, { from: 'let a\nlet b', to: 'let a\nlet b' })).toBe('let a\nlet b')
})
