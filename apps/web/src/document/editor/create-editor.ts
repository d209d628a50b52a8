import type { PresenceBridge } from '@tandem/client'
import { FRAGMENT, documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { Placeholder, Selection } from '@tiptap/extensions'
import type * as Y from 'yjs'
import { EditorKeys, type EditorKeyActions } from './editor-keys.ts'
import { LongDocument } from './long-document.ts'
import { RemoteCarets } from './remote-carets.ts'

export interface EditorPlace {
  readonly element: HTMLElement
  readonly doc: Y.Doc
  readonly awareness: PresenceBridge
  readonly editable: boolean
  readonly actions: EditorKeyActions
}

/**
 * An editor bound to the document. It must be created outside of rendering and destroyed by whoever made it;
 * its undo stack is its own and knows only what was typed in it.
 */
export function createEditor({ element, doc, awareness, editable, actions }: EditorPlace): Editor {
  return new Editor({
    element,
    editable,
    // The page's own style sheet has these rules: a strict content security policy refuses injected ones.
    injectCSS: false,
    extensions: [
      ...documentExtensions(),
      Collaboration.configure({ fragment: doc.getXmlFragment(FRAGMENT) }),
      RemoteCarets.configure({ awareness }),
      Placeholder.configure({ placeholder: 'Start writing. # makes a heading, - a list, [ ] a task.' }),
      EditorKeys.configure({ actions }),
      LongDocument,
      // While a field outside has the focus (a link's address), what it is about stays marked.
      Selection.configure({ className: 'blurred-selection' }),
    ],
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-label': 'Document body',
        'aria-multiline': 'true',
        spellcheck: 'true',
        class: 'prose-document',
      },
      // Keeps a line of text between the caret and the bars above and below it.
      scrollThreshold: { top: 120, bottom: 80, left: 0, right: 0 },
      scrollMargin: { top: 130, bottom: 100, left: 0, right: 0 },
    },
  })
}
