import type { Schema } from '@tiptap/pm/model'
import { TextSelection } from '@tiptap/pm/state'
import * as Y from 'yjs'
import { ours } from './bindings.ts'
import { HeadlessEditor } from './headless-editor.ts'
import { schema } from './schemas.ts'

let lastClientId = 100

/** An editor on a document that another one wrote, or on an empty one. */
export function openPage(
  from?: Y.Doc | HeadlessEditor,
  options: { schema?: Schema; editable?: boolean } = {},
): HeadlessEditor {
  lastClientId += 1
  const page = new HeadlessEditor({ clientId: lastClientId, binding: ours, schema, ...options })
  if (from instanceof HeadlessEditor) page.receive(from)
  else if (from !== undefined) Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(from), 'remote')
  page.settle()
  return page
}

/** What a person types where the caret is put; a position of the document. */
export function type(page: HeadlessEditor, at: number, text: string): void {
  setCaret(page, at)
  page.dispatch(page.state.tr.insertText(text))
}

export function setCaret(page: HeadlessEditor, anchor: number, head = anchor): void {
  page.dispatch(page.state.tr.setSelection(TextSelection.create(page.state.doc, anchor, head)))
}

export function exchange(...pages: readonly HeadlessEditor[]): void {
  for (const me of pages) for (const other of pages) if (me !== other) me.receive(other)
  for (const me of pages) for (const other of pages) if (me !== other) me.receive(other)
  for (const page of pages) page.settle()
}

type Inside = string | Y.XmlElement | Y.XmlText

export function element(
  name: string,
  attributes: Record<string, unknown> = {},
  ...inside: readonly Inside[]
): Y.XmlElement {
  const made = new Y.XmlElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string)
  made.insert(
    0,
    inside.map((one) => (typeof one === 'string' ? new Y.XmlText(one) : one)),
  )
  return made
}

export function documentOf(...children: readonly (Y.XmlElement | Y.XmlText)[]): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 1
  doc.getXmlFragment('body').insert(0, [...children])
  return doc
}
