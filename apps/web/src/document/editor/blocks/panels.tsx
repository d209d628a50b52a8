import type { Editor } from '@tiptap/core'
import { useSyncExternalStore } from 'react'
import { AtomPanel } from './atom-panel.tsx'
import type { BlockPanel, BlockPanels } from './block-panels.ts'
import { ImagePanel } from '../uploads/image-panel.tsx'
import { CalloutPanel } from './callout-panel.tsx'
import { LanguagePanel } from './language-panel.tsx'

/** Panels beside blocks: the language of code, the kind of a callout, the source of a formula, a day, what is to be said of a picture. */
export function Panels({ editor, panels }: { editor: Editor; panels: BlockPanels }) {
  const open = useSyncExternalStore(panels.subscribe, panels.getSnapshot)
  const close = () => panels.show(undefined)
  return (
    <>
      {open?.kind === 'language' && <LanguagePanel editor={editor} panel={open} onClose={close} />}
      {open?.kind === 'callout' && <CalloutPanel editor={editor} panel={open} onClose={close} />}
      {open?.kind === 'image' && <ImagePanel editor={editor} panel={open} onClose={close} />}
      <AtomPanel editor={editor} />
    </>
  )
}

export interface PanelProps {
  editor: Editor
  panel: BlockPanel
  onClose(): void
}

/** Sets one attribute of the panel's block, if it is still there. */
export function setAttribute(editor: Editor, { getPos }: BlockPanel, name: string, value: unknown): void {
  const at = getPos()
  if (at === undefined || !editor.isEditable) return
  editor.view.dispatch(editor.state.tr.setNodeAttribute(at, name, value))
}
