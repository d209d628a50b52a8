import { readSelection, yUndoPluginKey } from '@tandem/binding'
import type { Editor } from '@tiptap/core'
import type { EditorState, Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import type { UndoManager } from 'yjs'
import { warn } from '../../../ui/toast-store.ts'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { blockPlace } from './block-place.ts'
import { droppedFiles } from './dropped-files.ts'
import type { HeldPictures } from './held-pictures.ts'
import { tellLeftOut } from './left-out.ts'
import type { Uploaded } from './send-upload.ts'
import type * as UploadParts from './upload-parts.ts'
import type { UploadPlaceholder } from './upload-placeholder.ts'
import { placesForHeld, placesIn, uploadPlaces, type PlacesChange, type UploadPlace } from './upload-places.ts'
import type { UploadQueue } from './upload-queue.ts'

export interface AddOptions {
  readonly asFile: boolean
  /** Where; without it, at the caret. */
  readonly at?: number | undefined
  /** What a picture shows. Of several nobody can say it at once. */
  readonly alt?: string
}

/** The uploads of one editor. */
export class Uploading {
  readonly #editor: Editor
  readonly #view: EditorView
  readonly #documentId: string
  readonly #placeholders = new Map<string, UploadPlaceholder>()
  #loading: Promise<typeof UploadParts> | undefined
  #queue: UploadQueue | undefined
  readonly #undoManager: UndoManager | undefined
  /** Of pictures that stood in what was pasted: the step of undo that takes it back, and them. */
  readonly #steps = new Map<string, unknown>()
  /** Once its code is here. */
  #held: HeldPictures | undefined
  #lastOrder = 0
  #lastId = 0
  #isClosed = false

  constructor(editor: Editor, view: EditorView, documentId: string) {
    this.#editor = editor
    this.#view = view
    this.#documentId = documentId
    this.#undoManager = yUndoPluginKey.getState(view.state)?.undoManager
    this.#undoManager?.on('stack-item-popped', this.#onUndone)
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

  #addNow(files: readonly File[], { asFile, at, alt = '' }: AddOptions, parts: typeof UploadParts): void {
    if (this.#isClosed) return
    const { state } = this.#view
    const { image } = state.schema.nodes
    const wanted = Math.min(at ?? state.selection.head, state.doc.content.size)
    const place = image && blockPlace(state.doc, wanted, image)
    if (place === undefined) return warn('Files cannot stand here', 'Put the caret on a line of text and try again.')
    const ids = files.map((file) => {
      const id = `upload-${(this.#lastId += 1)}`
      this.#send(id, file, { asFile }, parts)
      return id
    })
    this.#change({
      add: ids.map((id) => ({ id, order: this.#nextOrder(), at: place, alt: ids.length === 1 ? alt : '' })),
    })
  }

  /** Its place is another's to have. */
  #send(id: string, file: File, options: { asFile: boolean }, parts: typeof UploadParts): void {
    const queue = (this.#queue ??= this.#openQueue(parts))
    queue.add(id, file, options)
    const job = queue.get(id)
    if (job === undefined) return
    const actions = { onCancel: () => queue.cancel(id), onRetry: () => queue.retry(id) }
    this.#placeholders.set(id, new parts.UploadPlaceholder(job, actions))
  }

  readonly #nextOrder = (): number => (this.#lastOrder += 1)

  /**
   * What takes the pictures that stand in pasted HTML itself, and says what stands for each until `placesForHeld`; undefined while the code for
   * that is not here. Of a picture that it does not take it has nothing.
   */
  holdPictures(): ((dataUrl: string) => string | undefined) | undefined {
    const held = this.#held
    held?.begin()
    setTimeout(() => held?.begin()) // pasting has ended by then, whatever came of it
    return held && ((dataUrl) => held.take(dataUrl))
  }

  /** As part of the transaction with which they came. */
  placesForHeld(state: EditorState): Transaction | null {
    const held = this.#held
    if (held === undefined || held.addresses.length === 0) return null
    return placesForHeld(state, (address) => held.has(address), this.#nextOrder)
  }

  /** Sends those that have their places now. */
  sendHeld(): void {
    const held = this.#held
    if (held === undefined || held.addresses.length === 0) return
    const places = placesIn(this.#view.state)
    const files = places.flatMap(({ id, pasted }) => {
      const file = pasted && held.get(pasted.address)
      return file === undefined ? [] : [{ id, file }]
    })
    const placed = new Set(places.map(({ pasted }) => pasted?.address))
    const lost = held.addresses.filter((address) => !placed.has(address))
    held.begin()
    if (lost.length > 0) tellLeftOut(lost.length)
    void this.#parts().then((parts) => {
      if (this.#isClosed) return
      const step = this.#undoManager?.undoStack.at(-1)
      for (const { id, file } of files) {
        this.#send(id, file, { asFile: false }, parts)
        if (step) this.#steps.set(id, step)
      }
      this.#change({ add: [] }) // which draws them
    })
  }

  /** One that could not be loaded is tried again. */
  #parts(): Promise<typeof UploadParts> {
    this.#loading ??= import('./upload-parts.ts').then(
      (parts) => {
        this.#held = new parts.HeldPictures()
        return parts
      },
      (error: unknown) => {
        this.#loading = undefined
        throw error
      },
    )
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
    this.#undoManager?.off('stack-item-popped', this.#onUndone)
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
    const { at, alt, pasted }: Partial<UploadPlace> & { readonly at: number } = placesIn(state).find(
      (place) => place.id === id,
    ) ?? {
      at: state.selection.head,
    }
    const { image, file } = state.schema.nodes
    const node =
      picture === null
        ? file?.create({ src: url, name, size: bytes, type })
        : image?.create({ alt: alt || null, ...pasted?.attributes, src: url })
    const place = node && blockPlace(state.doc, at, node.type)
    if (!this.#editor.isEditable || node === undefined || place === undefined)
      return warn(`${name} was not inserted`, 'This document cannot be written any more.')
    const stand = state.doc.nodeAt(place)
    const isInstead = pasted?.isAlone === true && stand?.type.name === 'paragraph' && stand.content.size === 0
    const change: PlacesChange = { remove: id }
    const { tr } = state
    tr.replaceWith(place, isInstead ? place + stand.nodeSize : place, node).setMeta(uploadPlaces, change)
    asOwnUndoStep(this.#editor, () => this.#view.dispatch(tr))
  }

  #remove(id: string): void {
    this.#placeholders.get(id)?.destroy()
    this.#placeholders.delete(id)
    this.#steps.delete(id)
    if (!this.#editor.isDestroyed) this.#change({ remove: id })
  }

  #change(change: PlacesChange): void {
    readSelection(this.#view)
    this.#view.dispatch(this.#view.state.tr.setMeta(uploadPlaces, change).setMeta('addToHistory', false))
  }

  readonly #onUndone = ({ stackItem, type }: { stackItem: unknown; type: 'undo' | 'redo' }): void => {
    const taken = [...this.#steps].filter(([, step]) => type === 'undo' && step === stackItem)
    queueMicrotask(() => taken.forEach(([id]) => this.#queue?.cancel(id)))
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
