import type { PresenceBridge } from '@tandem/client'
import type { Editor } from '@tiptap/core'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import type * as Y from 'yjs'
import { createEditor } from './create-editor.ts'
import { LinkPopover } from './link-popover.tsx'
import './prose.css'
import { Toolbar } from './toolbar.tsx'

interface EditorSurfaceProps {
  doc: Y.Doc
  awareness: PresenceBridge
  readOnly: boolean
}

/**
 * The toolbar and the text. Mounted only once the document is open; another doc (after a refusal) gets another editor.
 * The page around it renders with every keystroke (its saving status does): this must not.
 */
export const EditorSurface = memo(function EditorSurface({ doc, awareness, readOnly }: EditorSurfaceProps) {
  const place = useRef<HTMLDivElement>(null)
  const toolbar = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<Editor>()
  const [editingLink, setEditingLink] = useState(false)
  const initiallyEditable = useRef(!readOnly)
  initiallyEditable.current = !readOnly

  useEffect(() => {
    if (!place.current) return
    const created = createEditor({
      element: place.current,
      doc,
      awareness,
      editable: initiallyEditable.current,
      actions: {
        editLink: () => setEditingLink(true),
        focusToolbar: () => toolbar.current?.querySelector('button')?.focus(),
      },
    })
    setEditor(created)
    return () => {
      setEditor(undefined)
      created.destroy()
    }
  }, [doc, awareness])

  useEffect(() => {
    if (editor && editor.isEditable === readOnly) editor.setEditable(!readOnly)
  }, [editor, readOnly])

  const focusEnd = useCallback(() => editor?.commands.focus('end'), [editor])

  return (
    <>
      {!readOnly && (
        <div className="sticky top-14 z-20 h-10 border-b border-line bg-canvas pointer-coarse:h-12">
          {editor && !editor.isDestroyed && (
            <Toolbar ref={toolbar} editor={editor} onEditLink={() => setEditingLink(true)} />
          )}
        </div>
      )}
      <div className="mx-auto w-full max-w-[46rem] px-5 pt-8 sm:px-8 sm:pt-12">
        <div ref={place} />
        {/* A click below the text continues it, as on paper. */}
        <div
          aria-hidden
          className="h-[40dvh] cursor-text"
          onMouseDown={(event) => (event.preventDefault(), focusEnd())}
        />
      </div>
      {editor && !editor.isDestroyed && (
        <LinkPopover editor={editor} editing={editingLink} onEditing={setEditingLink} />
      )}
    </>
  )
})
