// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { Plugin } from '@tiptap/pm/state'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toBase64 } from '../../../ui/base64.ts'
import { dismiss, toastStore } from '../../../ui/toast-store.ts'
import { Paste } from '../paste/paste.ts'
import { placesIn } from './upload-places.ts'
import { Uploads } from './uploads.ts'

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Each another picture. */
const picture = (number: number, about = ''): string =>
  `<img src="data:image/png;base64,${toBase64(Uint8Array.from([...PNG, number]))}"${about}>`

/** A server that takes every upload once it is told to. */
class Uploading extends EventTarget {
  static waiting: Uploading[] = []
  readonly upload = new EventTarget()
  status = 0
  response: unknown
  open(): void {}
  setRequestHeader(): void {}
  abort(): void {}
  send(body: File): void {
    Uploading.waiting.push(this)
    const url = `/api/uploads/of-${body.name}`
    this.response = { url, name: body.name, type: body.type, bytes: body.size, picture: { width: 1, height: 1 } }
  }
  static async answerAll(): Promise<void> {
    while (Uploading.waiting.length > 0) {
      for (const request of Uploading.waiting.splice(0)) {
        request.status = 200
        request.dispatchEvent(new Event('load'))
        request.dispatchEvent(new Event('loadend'))
      }
      await settled()
    }
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))
const editors: Editor[] = []

beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', Uploading)
  URL.createObjectURL = () => 'blob:x'
  URL.revokeObjectURL = () => undefined
  Uploading.waiting = []
})
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
  for (const { id } of toastStore.getSnapshot()) dismiss(id)
  vi.unstubAllGlobals()
})

/** An editor that has been focused, which has what uploads; `shown`: every text that it has shown. */
async function editorWith(content: string): Promise<{ editor: Editor; shown: string[] }> {
  const shown: string[] = []
  const watch = new Plugin({ view: () => ({ update: ({ state }) => void shown.push(JSON.stringify(state.doc)) }) })
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    content,
    extensions: [...documentExtensions(), Paste, Uploads.configure({ documentId: 'document-1' })],
  })
  editor.registerPlugin(watch)
  editors.push(editor)
  return { editor, shown }
}

async function focus(editor: Editor): Promise<void> {
  editor.view.dom.dispatchEvent(new FocusEvent('focus'))
  await vi.waitFor(() => import('./upload-parts.ts'))
  await settled()
}

function paste(editor: Editor, html: string): void {
  const clipboardData = {
    types: ['text/html'],
    files: [],
    getData: (type: string) => (type === 'text/html' ? html : ''),
  }
  editor.view.dom.dispatchEvent(
    Object.assign(new Event('paste', { bubbles: true, cancelable: true }), { clipboardData }),
  )
  editor.state.doc.check()
}

const saidTitles = () => toastStore.getSnapshot().map(({ title }) => title)

test('a picture in the HTML itself is uploaded, and stands where it stood, with what was said of it', async () => {
  const { editor, shown } = await editorWith('<p>before</p>')
  await focus(editor)
  editor.commands.setTextSelection(editor.state.doc.content.size)
  paste(editor, `<p>one</p>${picture(1, ' alt="A quay"')}<p>two</p>`)
  expect(editor.getText({ blockSeparator: '|' })).toBe('beforeone|two')
  expect(placesIn(editor.state)).toHaveLength(1)
  await settled()
  expect(editor.view.dom.querySelectorAll('.upload-placeholder')).toHaveLength(1)

  // What is written meanwhile, before it and behind it, changes nothing.
  editor.commands.insertContentAt(1, 'x')
  editor.commands.insertContentAt(editor.state.doc.content.size - 1, 'y')
  await Uploading.answerAll()
  expect(editor.getHTML()).toBe(
    '<p>xbeforeone</p><img src="/api/uploads/of-picture-1.png" alt="A quay" loading="lazy"><p>twoy</p>',
  )
  expect(placesIn(editor.state)).toEqual([])
  expect(shown.join()).not.toContain('pasted-picture')
  expect(saidTitles()).toEqual([])
})

test('several come in their order, also where there is nothing but them, in items, quotes and cells', async () => {
  const { editor, shown } = await editorWith('<p></p>')
  await focus(editor)
  paste(
    editor,
    `${picture(1)}${picture(2)}<ul><li><p>item</p>${picture(3)}</li></ul><blockquote>${picture(4)}</blockquote>` +
      `<table><tr><td><p>cell</p></td><td>${picture(5)}${picture(6)}</td></tr></table><p>end</p>`,
  )
  expect(placesIn(editor.state)).toHaveLength(6)
  await settled()
  await Uploading.answerAll()
  editor.state.doc.check()
  const found: string[] = []
  editor.state.doc.descendants((node, _, parent) => {
    if (node.type.name === 'image') found.push(`${String(node.attrs['src']).at(-5)} in ${parent?.type.name}`)
  })
  expect(found).toEqual([
    '1 in doc',
    '2 in doc',
    '3 in listItem',
    '4 in blockquote',
    '5 in tableCell',
    '6 in tableCell',
  ])
  expect(shown.join()).not.toContain('pasted-picture')
})

test('what is no picture that can be shown is left out and said, as before', async () => {
  const { editor } = await editorWith('<p></p>')
  await focus(editor)
  const svg = `data:image/svg+xml;base64,${btoa('<svg onload="steal()"/>')}`
  paste(editor, `<p>a</p><img src="${svg}"><img src="data:image/png;base64,AAAA"><img src="data:text/html,x"><p>b</p>`)
  expect(editor.getText({ blockSeparator: '|' })).toBe('a|b')
  expect(placesIn(editor.state)).toEqual([])
  expect(saidTitles()).toEqual(['3 pictures were not pasted'])
})

test('before the code for it is here they are left out, and said', async () => {
  const { editor } = await editorWith('<p></p>')
  paste(editor, `<p>a</p>${picture(1)}`)
  expect(editor.getText()).toBe('a')
  expect(saidTitles()).toEqual(['A picture was not pasted'])
})

test('one that the schema has no place for is said, not sent', async () => {
  const { editor } = await editorWith('<p></p>')
  await focus(editor)
  paste(
    editor,
    `<p>a <span data-type="mention" data-id="user-1" data-label="Ann">@Ann ${picture(1)}</span></p>${picture(2)}`,
  )
  expect(placesIn(editor.state)).toHaveLength(1)
  expect(saidTitles()).toEqual(['A picture was not pasted'])
  await settled()
  expect(Uploading.waiting).toHaveLength(1)
})

test('an address that only looks like one that is held stands for nothing', async () => {
  const { editor } = await editorWith('<p></p>')
  await focus(editor)
  paste(editor, '<p>a</p><img src="pasted-picture:1"><p>b</p>')
  expect(placesIn(editor.state)).toEqual([])
  expect(editor.getHTML()).toBe('<p>a</p><p>b</p>')
})
