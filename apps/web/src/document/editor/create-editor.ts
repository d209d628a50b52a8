import { type Redrawn, unsupportedContent } from '@tandem/binding'
import type { PresenceBridge } from '@tandem/client'
import { FRAGMENT, documentExtensions } from '@tandem/schema'
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { Placeholder } from '@tiptap/extensions/placeholder'
import { Selection } from '@tiptap/extensions/selection'
import type * as Y from 'yjs'
import type { BlockPanels } from './blocks/block-panels.ts'
import { warn } from '../../ui/toast-store.ts'
import { BlockKeys } from './blocks/block-keys.ts'
import { LinkedBlock } from './blocks/linked-block.ts'
import { BlockSelecting, SelectBlockKey } from './blocks/block-selecting.ts'
import { BlockViews } from './blocks/block-views.ts'
import { CodeColours } from './blocks/code-colours.ts'
import { EditorKeys, type EditorKeyActions } from './editor-keys.ts'
import { Find } from './find/find.ts'
import { LongDocument } from './long-document.ts'
import { PASTE_RULES, Paste } from './paste/paste.ts'
import { RemoteCarets } from './remote-carets.ts'
import { MediaViews } from './uploads/media-views.ts'
import { Uploads } from './uploads/uploads.ts'
import { Suggest } from './suggest/suggest.ts'
import { InputRuleSteps } from './input-rule-steps.ts'
import { TableRule } from './table-rule.ts'
import { CellListKeys, TabKey } from './tab-key.ts'
import type { SuggestMenu } from './suggest/suggest-menu.ts'

export interface EditorPlace {
  readonly element: HTMLElement
  readonly doc: Y.Doc
  /** Undefined: what is shown is no document of the server's, and nothing can be uploaded into it. */
  readonly documentId: string | undefined
  readonly awareness: PresenceBridge
  readonly editable: boolean
  readonly actions: EditorKeyActions
  readonly panels: BlockPanels
  readonly suggestMenu: SuggestMenu
  openDocument(documentId: string): void
}

/**
 * An editor bound to the document. It must be created outside of rendering and destroyed by whoever made it;
 * its undo stack is its own and knows only what was typed in it.
 */
export function createEditor(place: EditorPlace): Editor {
  const { element, doc, documentId, awareness, editable, actions, panels, suggestMenu, openDocument } = place
  return new Editor({
    element,
    editable,
    // The page's own style sheet has these rules: a strict content security policy refuses injected ones.
    injectCSS: false,
    enablePasteRules: PASTE_RULES,
    extensions: [
      ...documentExtensions(),
      ...unsupportedContent,
      Collaboration.configure({ fragment: doc.getXmlFragment(FRAGMENT), ySyncOptions: { onRedrawn: tellRedrawn } }),
      RemoteCarets.configure({ awareness }),
      Placeholder.configure({ placeholder: 'Write, or type / for blocks, @ for people, : for emoji' }),
      EditorKeys.configure({ actions }),
      TabKey,
      CellListKeys,
      TableRule,
      InputRuleSteps,
      MediaViews.configure({ panels }),
      Uploads.configure({ documentId }),
      BlockViews.configure({ panels, openDocument }),
      BlockKeys,
      BlockSelecting,
      SelectBlockKey,
      LinkedBlock,
      CodeColours,
      Suggest.configure({ menu: suggestMenu }),
      Find,
      Paste,
      LongDocument,
      // While a field outside has the focus (a link's address), what it is about stays marked.
      Selection.configure({ className: 'blurred-selection' }),
    ],
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-label': 'Document body',
        'aria-multiline': 'true',
        'aria-description': 'Alt+F10 goes to the toolbar',
        spellcheck: 'true',
        class: 'prose-document',
      },
      // Keeps a line of text between the caret and the bars above and below it.
      scrollThreshold: { top: 120, bottom: 80, left: 0, right: 0 },
      scrollMargin: { top: 130, bottom: 100, left: 0, right: 0 },
    },
  })
}

/** The text on the screen was not what is stored; now it is. Nothing was written, so nothing is lost but what is said here. */
function tellRedrawn(why: Redrawn): void {
  if (why === 'not-copied')
    warn('This part stayed where it was', 'This version of the page cannot move what it cannot show.')
  else
    warn(
      'The text was drawn anew',
      'What this page showed was not what is stored. Look whether your last change is there.',
    )
}
