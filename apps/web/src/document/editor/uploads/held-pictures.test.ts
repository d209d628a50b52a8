// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor, Extension, type Extensions } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { redo, undo, ySyncPlugin, yUndoPlugin } from '@tandem/binding'
import * as Y from 'yjs'
import { toBase64 } from '../../../ui/base64.ts'
import { dismiss, toastStore } from '../../../ui/toast-store.ts'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { Paste } from '../paste/paste.ts'
import { placesIn } from './upload-places.ts'
import { holdPictures, Uploads } from './uploads.ts'

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
async function editorWith(content: string, more: Extensions = []): Promise<{ editor: Editor; shown: string[] }> {
  const shown: string[] = []
  const watch = new Plugin({ view: () => ({ update: ({ state }) => void shown.push(JSON.stringify(state.doc)) }) })
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    content,
    extensions: [...documentExtensions(), Paste, Uploads.configure({ documentId: 'document-1' }), ...more],
  })
  editor.registerPlugin(watch)
  editors.push(editor)
  return { editor, shown }
}

async function focus(editor: Editor): Promise<void> {
  editor.view.dom.dispatchEvent(new FocusEvent('focus'))
  await vi.waitFor(() => expect(holdPictures(editor)).toBeDefined())
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

/** Blocks by their names, pictures by their numbers. */
function outline(node: Node): string {
  if (node.isText) return node.text ?? ''
  const inside = node.type.name === 'image' ? String(node.attrs['src']).at(-5) : node.children.map(outline).join(' ')
  return `${node.type.name}(${inside})`
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
  expect(outline(editor.state.doc)).toBe(
    'doc(image(1) image(2) bulletList(listItem(paragraph(item) image(3))) blockquote(image(4)) ' +
      'table(tableRow(tableCell(paragraph(cell)) tableCell(image(5) image(6)))) paragraph(end))',
  )
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
  const { editor } = await editorWith('<p>x</p>')
  await focus(editor)
  editor.commands.insertContent({ type: 'image', attrs: { src: 'pasted-picture:7' } })
  paste(editor, `<div data-pm-slice="0 0 []"><img src="pasted-picture:1"><img src="pasted-picture:99"></div>`)
  expect(placesIn(editor.state)).toEqual([])
  paste(editor, `<p>a</p>${picture(1)}<p>b</p>`)
  expect(placesIn(editor.state)).toHaveLength(1)
  await settled()
  expect(Uploading.waiting).toHaveLength(1)
  await Uploading.answerAll()
  expect(outline(editor.state.doc)).toContain('image(1)')
})

test('one that comes to stand in several places is uploaded for each', async () => {
  const { editor } = await editorWith('<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>')
  await focus(editor)
  const cells: number[] = []
  editor.state.doc.descendants((node, at) => void (node.type.name === 'tableCell' && cells.push(at)))
  editor.commands.setCellSelection({ anchorCell: cells[0]!, headCell: cells[3]! })
  paste(editor, `<table><tr><td>${picture(1)}</td></tr></table>`)
  const count = placesIn(editor.state).length
  expect(count).toBeGreaterThan(1)
  await settled()
  await Uploading.answerAll()
  expect(outline(editor.state.doc).match(/image/g)).toHaveLength(count)
  expect(placesIn(editor.state)).toEqual([])
  expect(saidTitles()).toEqual([])
})

test('a dot, and what stands for a picture until a page has loaded it, are not uploaded', async () => {
  const { editor } = await editorWith('<p></p>')
  await focus(editor)
  const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
  const png =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  paste(editor, `<p>a <img src="${dot}"> b<img src="${png}"></p><img src="${dot}" data-src="https://a.example/b.png">`)
  expect(placesIn(editor.state)).toEqual([])
  expect(editor.getText({ blockSeparator: '|' })).toBe('a b||')
  expect(editor.getHTML()).toContain('src="https://a.example/b.png"')
  expect(saidTitles()).toEqual([])
})

test('who takes a paste back takes its pictures back, and can have it again', async () => {
  const doc = new Y.Doc()
  const fragment = doc.getXmlFragment('x')
  const bound = Extension.create({ name: 'bound', addProseMirrorPlugins: () => [ySyncPlugin(fragment), yUndoPlugin()] })
  const { editor } = await editorWith('', [bound])
  await focus(editor)
  editor.commands.insertContent('before')
  asOwnUndoStep(editor, () => paste(editor, `<p>one</p>${picture(1)}<p>two</p>`))
  await settled()
  expect(placesIn(editor.state)).toHaveLength(1)
  undo(editor.state)
  expect(editor.getText()).toBe('before')
  await settled()
  expect(placesIn(editor.state)).toEqual([])
  await Uploading.answerAll()
  expect(editor.getHTML()).not.toContain('<img')
  redo(editor.state)
  expect(editor.getText({ blockSeparator: '|' })).toContain('one|two')
})
