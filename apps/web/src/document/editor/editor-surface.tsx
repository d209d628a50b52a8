import type { PresenceBridge } from '@tandem/client'
import type { Editor } from '@tiptap/core'
import { useNavigate } from '@tanstack/react-router'
import { memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type * as Y from 'yjs'
import { BlockPanels } from './blocks/block-panels.ts'
import { createEditor } from './create-editor.ts'
import { formatBarClass } from '../format-bar-class.ts'
import { takeFresh } from '../fresh-documents.ts'
import type { Beside } from './editor-parts.tsx'
import { LazyBlockHandle, LazyParts, LazyToolbar } from './lazy-parts.ts'
import { useSuggestMenu } from './suggest/use-suggest-menu.ts'
import { uploadPicked } from './uploads/pick-files.ts'
import { usePageKeys } from './use-page-keys.ts'
import { returnToPlace } from './return-to-place.ts'
import { drawWholeText, printWholeText } from './whole-text.ts'

interface EditorSurfaceProps {
  doc: Y.Doc
  /** Undefined: this is no document of the server's. */
  documentId?: string | undefined
  awareness: PresenceBridge
  readOnly: boolean
}

/**
 * The toolbar and the text. Mounted only once the document is open; another doc (after a refusal) gets another editor.
 * The page around it renders with every keystroke (its saving status does): this must not.
 */
export const EditorSurface = memo(function EditorSurface({ doc, documentId, awareness, readOnly }: EditorSurfaceProps) {
  const place = useRef<HTMLDivElement>(null)
  const toolbar = useRef<HTMLDivElement>(null)
  const [created, setEditor] = useState<Editor>()
  const [beside, setBeside] = useState<Beside>()
  const dialogs = useMemo(
    () => ({ image: () => setBeside('image'), file: (editor: Editor) => void uploadPicked(editor, { asFile: true }) }),
    [],
  )
  const suggestMenu = useSuggestMenu(awareness, dialogs)
  const panels = useMemo(() => new BlockPanels(), [])
  const navigate = useNavigate()
  const [timesFind, setTimesFind] = useState(0)
  const pageKeys = useMemo(
    () => ({
      find: () => (setBeside('find'), setTimesFind((times) => times + 1)),
      showShortcuts: () => setBeside('shortcuts'),
    }),
    [],
  )
  usePageKeys(pageKeys)
  const initiallyEditable = useRef(!readOnly)
  initiallyEditable.current = !readOnly

  // Before the first frame, which then has the text.
  useLayoutEffect(() => {
    if (!place.current) return
    const made = createEditor({
      element: place.current,
      doc,
      documentId,
      awareness,
      editable: initiallyEditable.current,
      actions: {
        editLink: () => setBeside('link'),
        focusToolbar: () => toolbar.current?.querySelector('button')?.focus(),
        ...pageKeys,
      },
      panels,
      suggestMenu,
      openDocument: (documentId) => void navigate({ to: '/d/$documentId', params: { documentId } }),
    })
    setEditor(made)
    if (documentId !== undefined && takeFresh(documentId)) made.commands.focus('start')
    const stopPrinting = printWholeText(made)
    const stopKeepingPlace = documentId === undefined ? undefined : returnToPlace(made, documentId)
    return () => {
      stopPrinting()
      stopKeepingPlace?.()
      setEditor(undefined)
      made.destroy()
    }
  }, [doc, documentId, awareness, pageKeys, panels, suggestMenu, navigate])

  const editor = created?.isDestroyed === false ? created : undefined
  useEffect(() => {
    if (editor && editor.isEditable === readOnly) editor.setEditable(!readOnly)
  }, [editor, readOnly])

  const focusEnd = useCallback(() => {
    if (editor === undefined) return
    drawWholeText(editor)
    editor.commands.focus('end')
  }, [editor])

  return (
    <>
      <div className="sticky top-14 z-20 border-line phone:border-b">
        {!readOnly && (
          <div className={formatBarClass}>
            {editor && (
              <Suspense>
                <LazyToolbar
                  ref={toolbar}
                  editor={editor}
                  onEditLink={() => setBeside('link')}
                  onFind={pageKeys.find}
                  onShortcuts={pageKeys.showShortcuts}
                />
              </Suspense>
            )}
          </div>
        )}
        {editor && (
          <Suspense>
            <LazyParts
              editor={editor}
              documentId={documentId}
              awareness={awareness}
              beside={beside}
              timesFind={timesFind}
              onBeside={setBeside}
              panels={panels}
              suggestMenu={suggestMenu}
            />
          </Suspense>
        )}
      </div>
      <div className="mx-auto w-full max-w-[46rem] px-5 pt-8 sm:px-8 sm:pt-12">
        <div className="relative">
          <div ref={place} />
          {editor && !readOnly && (
            <Suspense>
              <LazyBlockHandle editor={editor} />
            </Suspense>
          )}
        </div>
        {/* A click below the text continues it, as on paper. */}
        <div
          aria-hidden
          className="h-[calc(40dvh+var(--foot))] cursor-text"
          onMouseDown={(event) => (event.preventDefault(), focusEnd())}
        />
      </div>
    </>
  )
})
