import type * as Markdown from '@tandem/schema/markdown'
import { Extension } from '@tiptap/core'
import { Node, Slice, type Fragment, type ResolvedPos, type Schema } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { cleanHtml, isOnlyLook } from './clean-html.ts'
import { looksLikeMarkdown } from './looks-like-markdown.ts'
import { tellLeftOut } from '../uploads/left-out.ts'
import { holdPictures } from '../uploads/uploads.ts'
import { keepPlace, pasteAtPlace, waitingPastes } from './waiting-pastes.ts'

type Reader = Pick<typeof Markdown, 'readMarkdown'>

/** Longer text is pasted as text: reading it would hold up the page. */
const LONGEST_MARKDOWN = 400_000
/** Who pastes before that code is here gets blocks once it is, and the plain text if it takes longer. */
const LONGEST_WAIT_MS = 5_000
/** What VS Code and its like say beside the HTML of their colours. */
const FROM_CODE_EDITOR = 'vscode-editor-data'

/**
 * For `enablePasteRules`: addresses become links. The other rules would take signs out of what is pasted from pages and other programs, where
 * `*` and `__` are text; Markdown is read where it certainly is some.
 */
export const PASTE_RULES = ['link']

/**
 * Pasting: Markdown becomes blocks where it certainly is Markdown (never with Shift, never in code), and what other programs
 * put on the clipboard is brought into our form. One transaction, one step of undo.
 */
export const Paste = Extension.create<{ loadReader: () => Promise<Reader> }>({
  name: 'documentPaste',

  addOptions() {
    return { loadReader: () => import('@tandem/schema/markdown') }
  },

  addProseMirrorPlugins() {
    const { editor } = this
    let reader: Reader | undefined
    let loading: Promise<void> | undefined
    let withShift = false
    let asText = false
    /** Resolves when it is there, or cannot be had: then (offline) Markdown is pasted as text, and the next focus tries again. */
    const load = () =>
      (loading ??= this.options.loadReader().then(
        (loaded) => void (reader = loaded),
        () => void (loading = undefined),
      ))
    const paste = (view: EditorView, text: string, event: ClipboardEvent) => {
      let slice = reader && markdownSlice(reader, text, view.state.selection.$from)
      if (slice === undefined) {
        asText = true // which comes by here again
        view.pasteText(text, event)
        asText = false
        return
      }
      view.someProp('transformPasted', (transform) => void (slice = slice && transform(slice, view, false)))
      const { tr } = view.state
      tr.replaceSelection(slice).scrollIntoView().setMeta('paste', true).setMeta('uiEvent', 'paste')
      asOwnUndoStep(editor, () => view.dispatch(tr))
    }
    return [
      waitingPastes,
      new Plugin({
        key: new PluginKey('documentPaste'),
        props: {
          handleDOMEvents: {
            focus: () => (void load(), false),
            keydown: (_view, event) => ((withShift = event.shiftKey), false),
            keyup: (_view, event) => ((withShift = event.shiftKey), false),
          },
          handlePaste(view, event) {
            const { types = [] } = event.clipboardData ?? {}
            // A code editor's HTML is its colours: the text is what was meant.
            const isFromCodeEditor = types.includes(FROM_CODE_EDITOR)
            const text = event.clipboardData?.getData('text/plain') ?? ''
            if (withShift || asText || text === '') return false
            const isMarkdown = mayBeMarkdown(text, view.state.selection.$from)
            if (!isMarkdown && !isFromCodeEditor) return false
            const html = event.clipboardData?.getData('text/html') ?? ''
            if (types.includes('text/html') && !isFromCodeEditor && !isOnlyLook(html)) return false
            if (!isMarkdown || reader !== undefined) return (paste(view, text, event), true)
            keepPlace(view, event)
            const patience = new Promise<void>((resolve) => setTimeout(resolve, LONGEST_WAIT_MS))
            void Promise.race([load(), patience]).then(() => pasteAtPlace(view, event, () => paste(view, text, event)))
            return true
          },
          transformPastedHTML(pasted) {
            const { html, pictures } = cleanHtml(pasted, holdPictures(editor))
            if (pictures > 0) tellLeftOut(pictures)
            return html
          },
        },
      }),
    ]
  },
})

function mayBeMarkdown(text: string, $context: ResolvedPos): boolean {
  return $context.parent.type.spec.code !== true && text.length <= LONGEST_MARKDOWN && looksLikeMarkdown(text)
}

/** The text as blocks; undefined when it is to be pasted as text. */
function markdownSlice({ readMarkdown }: Reader, text: string, $context: ResolvedPos): Slice | undefined {
  if (!mayBeMarkdown(text, $context)) return undefined
  const content = blocksOf(readMarkdown, text, $context.doc.type.schema)
  if (content === undefined) return undefined
  // The first and last paragraph join what is there, as pasted text does.
  const open = (node: Node | null) => (node?.type.name === 'paragraph' ? 1 : 0)
  return new Slice(content, open(content.firstChild), open(content.lastChild))
}

function blocksOf(readMarkdown: Reader['readMarkdown'], text: string, schema: Schema): Fragment | undefined {
  try {
    const node = Node.fromJSON(schema, readMarkdown(text))
    node.check()
    return node.content
  } catch {
    return undefined // nested too deeply to be a document; it is text then
  }
}
