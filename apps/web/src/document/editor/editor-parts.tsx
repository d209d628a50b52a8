import type { PresenceBridge } from '@tandem/client'
import type { Editor } from '@tiptap/core'
import { useEffect } from 'react'
import { followBlockLinks } from './blocks/block-link.ts'
import type { BlockPanels } from './blocks/block-panels.ts'
import { BlockAnnouncer } from './blocks/block-announcer.tsx'
import { installBlockSelectionKeys } from './blocks/block-selection-keys.ts'
import { ImageDialog } from './blocks/image-dialog.tsx'
import { Panels } from './blocks/panels.tsx'
import { FirstScreenKeeper } from '../first-screen/first-screen-keeper.tsx'
import { selectAcrossTables } from './across-tables.ts'
import { copyPlainText } from './copied-text.ts'
import { ColumnsBar } from './columns-bar.tsx'
import { FindBar } from './find/find-bar.tsx'
import { Following } from './following.tsx'
import { LinkPopover } from './link-popover.tsx'
import { OthersDigest } from './others-digest.tsx'
import { Outline } from './outline/outline.tsx'
import { useDocumentFacts } from './outline/use-document-facts.ts'
import { WordCount } from './outline/word-count.tsx'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import type { SuggestMenu } from './suggest/suggest-menu.ts'
import { SuggestPopup } from './suggest/suggest-popup.tsx'
import { TableBar } from './table-bar.tsx'

export { BlockHandle } from './blocks/block-handle.tsx'
export { Toolbar } from './toolbar.tsx'

/** What is open beside the text; one at a time. */
export type Beside = 'link' | 'image' | 'find' | 'shortcuts' | undefined

interface EditorPartsProps {
  editor: Editor
  documentId: string | undefined
  awareness: PresenceBridge
  beside: Beside
  /** How often finding was asked for. */
  timesFind: number
  onBeside(beside: Beside): void
  panels: BlockPanels
  suggestMenu: SuggestMenu
}

/** Everything around the text. In a chunk that comes after the text is on the screen. */
export function EditorParts({
  editor,
  documentId,
  awareness,
  beside,
  timesFind,
  onBeside,
  panels,
  suggestMenu,
}: EditorPartsProps) {
  const close = () => onBeside(undefined)
  useEffect(() => followBlockLinks(editor), [editor])
  useEffect(() => installBlockSelectionKeys(editor), [editor])
  useEffect(() => copyPlainText(editor), [editor])
  useEffect(() => selectAcrossTables(editor), [editor])
  return (
    <>
      {beside === 'find' && <FindBar editor={editor} times={timesFind} onClose={close} />}
      <LinkPopover editor={editor} editing={beside === 'link'} onEditing={(on) => onBeside(on ? 'link' : undefined)} />
      <SuggestPopup editor={editor} menu={suggestMenu} />
      <TableBar editor={editor} />
      <ColumnsBar editor={editor} />
      <BlockAnnouncer editor={editor} />
      <Panels editor={editor} panels={panels} />
      <ImageDialog editor={editor} open={beside === 'image'} onClose={close} />
      <ShortcutSheet open={beside === 'shortcuts'} onClose={close} returnFocus={() => editor.view.dom} />
      <Following editor={editor} awareness={awareness} />
      <OthersDigest editor={editor} awareness={awareness} />
      <AboutDocument editor={editor} />
      {documentId !== undefined && <FirstScreenKeeper editor={editor} documentId={documentId} />}
    </>
  )
}

/** Rendered when the document has changed, and alone. */
function AboutDocument({ editor }: { editor: Editor }) {
  const facts = useDocumentFacts(editor)
  return (
    <>
      <Outline editor={editor} headings={facts.headings} />
      <WordCount editor={editor} facts={facts} />
    </>
  )
}
