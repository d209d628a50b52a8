import { uploadIdOf } from '@tandem/schema'
import { Extension, type Editor } from '@tiptap/core'
import type { Fragment } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import { warn } from '../../../ui/toast-store.ts'
import { meansFiles } from './dropped-files.ts'
import { movedPlaces, placeholdersIn, uploadPlaces, type UploadPlace } from './upload-places.ts'
import { Uploading, type AddOptions } from './uploading.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    uploads: {
      /** Sends files; each stands where the caret is (or at `at`) once it is there. */
      uploadFiles(files: readonly File[], options?: Partial<AddOptions>): ReturnType
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

const running = new WeakMap<Editor, Uploading>()

/** See Uploading.holdPictures. Undefined also where nothing can be uploaded. */
export function holdPictures(editor: Editor): ((dataUrl: string) => string | undefined) | undefined {
  return running.get(editor)?.holdPictures()
}

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
        (files, options = {}) =>
        ({ editor, dispatch }) => {
          const uploading = running.get(editor)
          if (uploading === undefined || files.length === 0) return false
          // Not within this transaction: each has its own.
          if (dispatch) queueMicrotask(() => uploading.add(files, { asFile: false, ...options }))
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
      new Plugin<readonly UploadPlace[]>({
        key: uploadPlaces,
        state: { init: () => [], apply: movedPlaces },
        appendTransaction: (transactions, _before, state) =>
          transactions.some(({ docChanged }) => docChanged) ? running.get(editor)?.placesForHeld(state) : null,
        props: {
          decorations: (state) => placeholdersIn(state, (id) => running.get(editor)?.domOf(id)),
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
            update: ({ state }, before) => void (state.doc !== before.doc && uploading.sendHeld()),
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
