// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dismiss, toastStore } from '../../../ui/toast-store.ts'
import { canBeLinked, copyBlockLink, followBlockLinks } from './block-link.ts'
import { LinkedBlock } from './linked-block.ts'

const editors: Editor[] = []
let copied: string | undefined
beforeEach(() => {
  vi.useFakeTimers()
  copied = undefined
  const writeText = (text: string) => ((copied = text), Promise.resolve())
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true })
  // jsdom lays nothing out.
  Element.prototype.scrollIntoView = () => {}
  window.location.hash = ''
})
afterEach(() => {
  for (const { id } of toastStore.getSnapshot()) dismiss(id)
  for (const editor of editors.splice(0)) editor.destroy()
  vi.useRealTimers()
})

function open(content: string): Editor {
  const element = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element, content, extensions: [...documentExtensions(), LinkedBlock] })
  editors.push(editor)
  return editor
}

const lit = (editor: Editor) => [...editor.view.dom.querySelectorAll('.linked-block')].map((block) => block.textContent)
const said = () => toastStore.getSnapshot().map(({ title }) => title)

test('the first link to a block names it, outside of undo, and the next one is the same', async () => {
  const editor = open('<p>a</p><p>b</p>')
  const history: unknown[] = []
  editor.on('transaction', ({ transaction }) => history.push(transaction.getMeta('addToHistory')))
  expect(canBeLinked(editor, 3)).toBe(true)
  await copyBlockLink(editor, 3)
  const first = copied
  expect(first).toMatch(/\/#block-\w{10}$/)
  await copyBlockLink(editor, 3)
  expect(copied).toBe(first)
  expect(history).toEqual([false])
})

test('leads to the block, lights it up for a moment, and puts the caret there', async () => {
  const editor = open('<p>a</p><p data-block-id="name-b">b</p>')
  window.location.hash = '#block-name-b'
  const stop = followBlockLinks(editor)
  expect(lit(editor)).toEqual(['b'])
  expect(editor.state.selection.$from.parent.textContent).toBe('b')
  editor.commands.insertContentAt(0, '<p>new</p>')
  expect(lit(editor)).toEqual(['b'])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(lit(editor)).toEqual([])
  stop()
})

test('waits for a block that is still to come, and says when it does not', async () => {
  const editor = open('<p>a</p>')
  window.location.hash = '#block-name-b'
  const stop = followBlockLinks(editor)
  await vi.advanceTimersByTimeAsync(1_000)
  editor.commands.insertContentAt(0, '<p data-block-id="name-b">b</p>')
  expect(lit(editor)).toEqual(['b'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(said()).not.toContain('This block is not there any more')
  stop()

  const gone = followBlockLinks(open('<p>a</p>'))
  await vi.advanceTimersByTimeAsync(4_000)
  expect(said()).toContain('This block is not there any more')
  gone()
})

test('what the address says of anything else is nobody’s business here', async () => {
  const editor = open('<p data-block-id="name-b">b</p>')
  for (const hash of ['#name-b', '#block-', '#block-a b', '#block-"><img>']) {
    window.location.hash = hash
    const stop = followBlockLinks(editor)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(lit(editor)).toEqual([])
    stop()
  }
})
