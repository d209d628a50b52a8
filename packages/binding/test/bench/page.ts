/** Runs in the browser; main.ts calls what it puts on the window. One editor at a time, as the page has it. */
import { documentExtensions } from '@tandem/schema'
import { type AnyExtension, Editor, Extension } from '@tiptap/core'
import type { Plugin } from '@tiptap/pm/state'
import * as Y from 'yjs'

export interface BenchedBinding {
  readonly extensions: readonly AnyExtension[]
  plugins(fragment: Y.XmlFragment): Plugin[]
}

function editorOn(binding: BenchedBinding, doc: Y.Doc): Editor {
  const place = document.createElement('div')
  document.body.replaceChildren(place)
  return new Editor({
    element: place,
    injectCSS: false,
    extensions: [
      ...documentExtensions(),
      ...binding.extensions,
      Extension.create({
        name: 'bound',
        priority: 1_000,
        addProseMirrorPlugins: () => binding.plugins(doc.getXmlFragment('body')),
      }),
    ],
    editorProps: { attributes: { class: 'prose-long' } },
  })
}

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  return element
}

/** Words of five letters; the same each time. */
function words(count: number, seed: number): string {
  return Array.from({ length: count }, (_, index) =>
    ((seed * 7_919 + index * 104_729) % 60_466_176).toString(36).padStart(5, 'w'),
  ).join(' ')
}

function documentOf(paragraphs: number, wordsEach: number): Y.Doc {
  const doc = new Y.Doc()
  const blocks = Array.from({ length: paragraphs }, (_, index) => paragraph(words(wordsEach, index)))
  doc.getXmlFragment('body').insert(0, blocks)
  return doc
}

/** Until the page is laid out. */
function timed(run: () => void): number {
  const startMs = performance.now()
  run()
  void document.body.offsetHeight
  return performance.now() - startMs
}

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

interface Opened {
  readonly editor: Editor
  /** Until there is a text to be read … */
  readonly firstMs: number
  /** … and until all of it is on the page. */
  readonly mountMs: number
}

async function opened(binding: BenchedBinding, doc: Y.Doc): Promise<Opened> {
  const startMs = performance.now()
  let editor!: Editor
  const firstMs = timed(() => (editor = editorOn(binding, doc)))
  const blocks = doc.getXmlFragment('body').length
  while (editor.state.doc.childCount < blocks) await frame()
  void document.body.offsetHeight
  return { editor, firstMs, mountMs: performance.now() - startMs }
}

export interface Measured {
  readonly firstMs: number
  readonly mountMs: number
  readonly remoteMs: number[]
  readonly localMs: number[]
}

async function keystrokes(binding: BenchedBinding, paragraphs: number, strokes: number): Promise<Measured> {
  const other = documentOf(paragraphs, 8)
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
  const { editor, firstMs, mountMs } = await opened(binding, doc)
  await frame()
  let update!: Uint8Array
  other.on('update', (made: Uint8Array) => (update = made))
  const [remoteMs, localMs]: [number[], number[]] = [[], []]
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    const block = other.getXmlFragment('body').get((stroke * 379) % paragraphs) as Y.XmlElement
    ;(block.get(0) as Y.XmlText).insert(3, 'x')
    remoteMs.push(timed(() => Y.applyUpdate(doc, update, 'remote')))
    await frame()
  }
  editor.commands.setTextSelection(Math.floor(editor.state.doc.content.size / 2))
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    localMs.push(timed(() => editor.view.dispatch(editor.state.tr.insertText('y'))))
    await frame()
  }
  editor.destroy()
  return { firstMs, mountMs, remoteMs, localMs }
}

/**
 * What a page of 2,000 paragraphs does when somebody else's paste of 10,000 (200,000 words) arrives in one update: its
 * longest task in milliseconds, and when all of it is on the page.
 */
async function paste(binding: BenchedBinding): Promise<Pasted> {
  const other = documentOf(2_000, 8)
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
  const { editor } = await opened(binding, doc)
  await frame()
  const before = Y.encodeStateVector(other)
  const blocks = Array.from({ length: 10_000 }, (_, index) => paragraph(words(20, index) + 'x'.repeat(400)))
  other.getXmlFragment('body').insert(1_000, blocks)
  const update = Y.encodeStateAsUpdate(other, before)
  await frame()
  await frame()
  const tasks: number[] = []
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
  observer.observe({ type: 'longtask' })
  const startMs = performance.now()
  Y.applyUpdate(doc, update, 'remote')
  while (editor.state.doc.childCount < 12_000) await frame()
  const shownMs = performance.now() - startMs
  await frame()
  await frame()
  observer.disconnect()
  editor.destroy()
  return { longestTaskMs: Math.max(...tasks), shownMs }
}

export interface Pasted {
  readonly longestTaskMs: number
  readonly shownMs: number
}

export interface Bench {
  keystrokes(paragraphs: number, strokes: number): Promise<Measured>
  paste(): Promise<Pasted>
}

/** Each binding has a page of its own: the second that is loaded into one would get another plugin key, which others do not know. */
export function expose(binding: BenchedBinding): void {
  const bench: Bench = {
    keystrokes: (paragraphs, strokes) => keystrokes(binding, paragraphs, strokes),
    paste: () => paste(binding),
  }
  Object.assign(window, { bench })
}
