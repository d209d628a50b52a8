import { readSelection } from '@tandem/binding'
import { uploadIdOf } from '@tandem/schema'
import { Extension, type Editor } from '@tiptap/core'
import type { Fragment } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import { warn } from '../../../ui/toast-store.ts'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { blockPlace } from './block-place.ts'
import { droppedFiles, meansFiles } from './dropped-files.ts'
import type { Uploaded } from './send-upload.ts'
import type * as UploadParts from './upload-parts.ts'
import type { UploadPlaceholder } from './upload-placeholder.ts'
import type { UploadQueue } from './upload-queue.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    uploads: {
      /** Sends files; each stands where the caret is (or at `at`) once it is there. */
      uploadFiles(files: readonly File[], options?: { asFile?: boolean; at?: number }): ReturnType
    }
  }
}

export interface UploadsOptions {
  /** Undefined: nothing can be uploaded here. */
  documentId: string | undefined
}

/** The addresses of uploads in some content. */
function uploadsIn(content: Pick<Fragment, 'descendants'>): Set<string> {
  const found = new Set<string>()
  content.descendants((node) => {
    if (uploadIdOf(node.attrs['src']) !== undefined) found.add(node.attrs['src'] as string)
  })
  return found
}

interface AddOptions {
  readonly asFile: boolean
  /** Where; without it, at the caret. */
  readonly at?: number | undefined
}

/** Where a file will stand, and in which order those come that stand in one place. */
interface Place {
  readonly id: string
  readonly order: number
  readonly at: number
}

type Change = { readonly add: Place } | { readonly remove: string }

const key = new PluginKey<readonly Place[]>('uploads')

/** Pasting, dropping and choosing files. Until one is there, only who uploads it sees that it comes. */
export const Uploads = Extension.create<UploadsOptions>({
  name: 'uploads',
  priority: 1_100, // files on the clipboard are looked at before its text

  addOptions() {
    return { documentId: undefined }
  },

  addCommands() {
    return {
      uploadFiles:
        (files, { asFile = false, at } = {}) =>
        ({ editor, dispatch }) => {
          const uploading = running.get(editor)
          if (uploading === undefined || files.length === 0) return false
          // Not within this transaction: each has its own.
          if (dispatch) queueMicrotask(() => uploading.add(files, { asFile, at }))
          return true
        },
    }
  },

  onTransaction({ editor, transaction }) {
    const { documentId } = this.options
    const isPasted = transaction.getMeta('paste') === true || transaction.getMeta('uiEvent') === 'paste'
    const isDropped = transaction.getMeta('uiEvent') === 'drop'
    if (documentId === undefined || !transaction.docChanged || !(isPasted || isDropped)) return
    const inserted = transaction.steps.flatMap((step) => (step instanceof ReplaceStep ? [step.slice.content] : []))
    const sources = new Set(inserted.flatMap((content) => [...uploadsIn(content)]))
    if (sources.size === 0) return
    // What cannot be loaded now could not have copied anything either.
    void import('./upload-pasted.ts').then(
      ({ adoptPasted }) => adoptPasted(editor, documentId, sources),
      () =>
        warn(
          'Pictures or files were not copied',
          'Whoever cannot open the document they are from will not see them here.',
        ),
    )
  },

  addProseMirrorPlugins() {
    const { editor } = this
    const { documentId } = this.options
    if (documentId === undefined) return []
    return [
      new Plugin<readonly Place[]>({
        key,
        state: {
          init: () => [],
          apply(transaction, places) {
            const change = transaction.getMeta(key) as Change | undefined
            const gone =
              change !== undefined && 'remove' in change ? places.find(({ id }) => id === change.remove) : undefined
            const moved = places
              .filter((place) => place !== gone)
              // What was to stand before the one that is there now stays before it.
              .map((place) => ({
                ...place,
                at: transaction.mapping.map(place.at, gone !== undefined && place.order > gone.order ? 1 : -1),
              }))
            return change !== undefined && 'add' in change ? [...moved, change.add] : moved
          },
        },
        props: {
          decorations: (state) => {
            const places = key.getState(state) ?? []
            const uploading = running.get(editor)
            return DecorationSet.create(
              state.doc,
              places.flatMap(({ id, order, at }) => {
                const dom = uploading?.domOf(id)
                const widget = { key: id, side: order - MANY, stopEvent: () => true, ignoreSelection: true }
                return dom === undefined ? [] : [Decoration.widget(at, () => dom, widget)]
              }),
            )
          },
          handlePaste(_view, { clipboardData }) {
            if (clipboardData === null || !meansFiles(clipboardData)) return false
            return running.get(editor)?.take(clipboardData, undefined) ?? false
          },
          handleDrop(view, event) {
            const { dataTransfer, clientX: left, clientY: top } = event
            if (view.dragging || dataTransfer === null || dataTransfer.files.length === 0) return false
            return running.get(editor)?.take(dataTransfer, view.posAtCoords({ left, top })?.pos) ?? false
          },
        },
        view(view) {
          const uploading = new Uploading(editor, view, documentId)
          running.set(editor, uploading)
          return {
            destroy() {
              running.delete(editor)
              uploading.close()
            },
          }
        },
      }),
    ]
  },
})

/** More than anybody drops at once: widgets of one place stand in the order of their sides. */
const MANY = 1_000_000
const running = new WeakMap<Editor, Uploading>()

/** The uploads of one editor. */
class Uploading {
  readonly #editor: Editor
  readonly #view: EditorView
  readonly #documentId: string
  readonly #placeholders = new Map<string, UploadPlaceholder>()
  #loading: Promise<typeof UploadParts> | undefined
  #queue: UploadQueue | undefined
  #lastOrder = 0
  #isClosed = false

  constructor(editor: Editor, view: EditorView, documentId: string) {
    this.#editor = editor
    this.#view = view
    this.#documentId = documentId
    window.addEventListener('dragover', this.#onDragOver)
    window.addEventListener('drop', this.#onDrop)
    window.addEventListener('beforeunload', this.#onLeave)
    // Here before they are asked for, also when the network is gone by then. What fails now is said when a file comes.
    view.dom.addEventListener('focus', () => void this.#parts().catch(() => undefined), { once: true })
  }

  domOf(id: string): HTMLElement | undefined {
    return this.#placeholders.get(id)?.dom
  }

  /** Whether there was anything that could be taken. */
  take(data: DataTransfer, at: number | undefined): boolean {
    const { files, hasFolders } = droppedFiles(data)
    if (hasFolders) warn('Folders cannot be uploaded', 'Pack the folder into a ZIP file, or choose the files in it.')
    this.add(files, { asFile: false, at })
    return files.length > 0 || hasFolders
  }

  add(files: readonly File[], options: AddOptions): void {
    if (files.length === 0) return
    this.#parts().then(
      (parts) => this.#addNow(files, options, parts),
      () => warn('Nothing was uploaded', 'A part of this page could not be loaded. Try again when you are online.'),
    )
  }

  #addNow(files: readonly File[], { asFile, at }: AddOptions, parts: typeof UploadParts): void {
    if (this.#isClosed) return
    const { state } = this.#view
    const { image } = state.schema.nodes
    const wanted = Math.min(at ?? state.selection.head, state.doc.content.size)
    const place = image && blockPlace(state.doc, wanted, image)
    if (place === undefined) return warn('Files cannot stand here', 'Put the caret on a line of text and try again.')
    const queue = (this.#queue ??= this.#openQueue(parts))
    for (const file of files) {
      const id = queue.add(file, { asFile })
      const job = queue.get(id)
      if (job === undefined) continue
      const actions = { onCancel: () => queue.cancel(id), onRetry: () => queue.retry(id) }
      this.#placeholders.set(id, new parts.UploadPlaceholder(job, actions))
      this.#change({ add: { id, order: (this.#lastOrder += 1), at: place } })
    }
  }

  /** One that could not be loaded is tried again. */
  #parts(): Promise<typeof UploadParts> {
    this.#loading ??= import('./upload-parts.ts').catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  #openQueue({ UploadQueue: Queue, sendUpload }: typeof UploadParts): UploadQueue {
    return new Queue({
      send: sendUpload,
      documentId: this.#documentId,
      network: window,
      onDone: (job, uploaded) => this.#insert(job.id, uploaded),
      onChange: (id, job) => {
        if (job !== undefined) this.#placeholders.get(id)?.show(job)
        else this.#remove(id)
      },
    })
  }

  close(): void {
    window.removeEventListener('dragover', this.#onDragOver)
    window.removeEventListener('drop', this.#onDrop)
    window.removeEventListener('beforeunload', this.#onLeave)
    this.#isClosed = true
    this.#queue?.close()
    for (const placeholder of this.#placeholders.values()) placeholder.destroy()
  }

  /** In the place that was kept for it, which may have moved meanwhile. */
  #insert(id: string, { url, name, type, bytes, picture }: Uploaded): void {
    if (this.#editor.isDestroyed) return
    readSelection(this.#view)
    const { state } = this.#view
    const at = key.getState(state)?.find((place) => place.id === id)?.at ?? state.selection.head
    const { image, file } = state.schema.nodes
    const node =
      picture === null ? file?.create({ src: url, name, size: bytes, type }) : image?.create({ src: url, alt: null })
    const place = node && blockPlace(state.doc, at, node.type)
    if (!this.#editor.isEditable || node === undefined || place === undefined)
      return warn(`${name} was not inserted`, 'This document cannot be written any more.')
    const change: Change = { remove: id }
    asOwnUndoStep(this.#editor, () => this.#view.dispatch(state.tr.insert(place, node).setMeta(key, change)))
  }

  #remove(id: string): void {
    this.#placeholders.get(id)?.destroy()
    this.#placeholders.delete(id)
    if (!this.#editor.isDestroyed) this.#change({ remove: id })
  }

  #change(change: Change): void {
    readSelection(this.#view)
    this.#view.dispatch(this.#view.state.tr.setMeta(key, change).setMeta('addToHistory', false))
  }

  readonly #onDragOver = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') === true && !this.#view.dragging) event.preventDefault()
  }

  /** Beside the text; a browser would leave the page and open the file. */
  readonly #onDrop = (event: DragEvent): void => {
    const { dataTransfer } = event
    if (event.defaultPrevented || !dataTransfer || dataTransfer.files.length === 0 || this.#view.dragging) return
    event.preventDefault()
    if (this.#editor.isEditable) this.take(dataTransfer, undefined)
    else warn('Nothing was uploaded', 'You can read this document, not write it.')
  }

  readonly #onLeave = (event: BeforeUnloadEvent): void => {
    if (this.#queue !== undefined && this.#queue.size > 0) event.preventDefault()
  }
}
