import { Popover } from '@base-ui/react/popover'
import { LONGEST_FORMULA, formulaOf, isDay } from '@tandem/schema'
import type { Editor } from '@tiptap/core'
import { NodeSelection } from '@tiptap/pm/state'
import clsx from 'clsx'
import { useEffect, useRef, useState } from 'react'
import { popupClass } from '../../../ui/popup-class.ts'
import { fieldClass } from '../../../ui/text-field.tsx'
import { useEditorState } from '../use-editor-state.ts'

type AtomName = 'inlineMath' | 'blockMath' | 'date'

function isAtom(name: string | undefined): name is AtomName {
  return name === 'inlineMath' || name === 'blockMath' || name === 'date'
}

/** The selected formula or day; a flat record for `useEditorState`. */
function selectedAtom(editor: Editor) {
  const { selection } = editor.state
  const node = selection instanceof NodeSelection ? selection.node : undefined
  const name = node?.type.name
  return {
    name: isAtom(name) && editor.isEditable ? name : undefined,
    at: selection.from,
    value: isAtom(name) ? String(node?.attrs[name === 'date' ? 'date' : 'latex'] ?? '') : '',
  }
}

/** Edits the selected formula's source or the selected day. What is typed is written when it is done, as one step of undo. */
export function AtomPanel({ editor }: { editor: Editor }) {
  const { name, at, value } = useEditorState(editor, selectedAtom)
  const [dismissed, setDismissed] = useState<number>()
  const field = useRef<HTMLElement>(null)
  const element = name === undefined ? null : editor.view.nodeDOM(at)
  if (name === undefined && dismissed !== undefined) setDismissed(undefined)
  if (name === undefined || dismissed === at || !(element instanceof HTMLElement)) return null
  return (
    <Popover.Root
      open
      onOpenChange={(open, { event }) => {
        // The press that has selected it, and so opened this, is no press beside it.
        const isOnAtom = event.target instanceof Element && element.contains(event.target)
        if (!open && !isOnAtom) setDismissed(at)
      }}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={element}
          side="bottom"
          align="center"
          sideOffset={8}
          collisionPadding={8}
          className="z-30"
        >
          <Popover.Popup
            aria-label={name === 'date' ? 'Date' : 'Formula'}
            initialFocus={field}
            finalFocus={false}
            className={clsx(popupClass, 'w-80 max-w-[calc(100vw-1rem)] p-2')}
          >
            {name === 'date' ? (
              <DayField
                key={at}
                fieldRef={field}
                editor={editor}
                at={at}
                value={value}
                onDone={() => setDismissed(at)}
              />
            ) : (
              <FormulaField key={at} fieldRef={field} editor={editor} at={at} name={name} value={value} />
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface FieldProps {
  editor: Editor
  at: number
  value: string
  fieldRef: React.RefObject<HTMLElement | null>
}

function DayField({ editor, at, value, fieldRef, onDone }: FieldProps & { onDone(): void }) {
  const change = (day: string) => {
    if (!isDay(day) || editor.state.doc.nodeAt(at)?.type.name !== 'date') return
    editor.view.dispatch(editor.state.tr.setNodeAttribute(at, 'date', day))
  }
  return (
    <input
      ref={fieldRef as React.RefObject<HTMLInputElement | null>}
      type="date"
      aria-label="Day"
      defaultValue={value}
      onChange={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        onDone()
        editor.commands.focus(at + 1)
      }}
      className={clsx(fieldClass, 'h-9 text-sm')}
    />
  )
}

function FormulaField({ editor, at, name, value, fieldRef }: FieldProps & { name: AtomName }) {
  const preview = useRef<HTMLDivElement>(null)
  const [latex, setLatex] = useState(value)
  const [wrong, setWrong] = useState<string>()
  const written = useRef(latex)

  useEffect(() => {
    let isCurrent = true
    import('./formula.ts').then(
      ({ drawFormula }) => {
        if (!isCurrent || !preview.current) return
        const problem =
          latex.trim() === '' ? undefined : drawFormula(preview.current, latex, { display: name === 'blockMath' })
        if (latex.trim() === '' || problem !== undefined) preview.current.replaceChildren()
        setWrong(problem)
      },
      () => isCurrent && setWrong('Formulas cannot be drawn without a connection.'),
    )
    return () => {
      isCurrent = false
    }
  }, [latex, name])

  // Whatever closes the panel writes what is in it; that StrictMode mounts it twice closes nothing.
  const isMounted = useRef(false)
  useEffect(() => {
    isMounted.current = true
    return () => {
      isMounted.current = false
      queueMicrotask(() => {
        if (!isMounted.current) writeFormula(editor, at, written.current)
      })
    }
  }, [editor, at])

  const done = () => editor.commands.focus(at + 1)
  return (
    <>
      <textarea
        ref={fieldRef as React.RefObject<HTMLTextAreaElement | null>}
        aria-label="Source of the formula, in LaTeX"
        aria-invalid={wrong !== undefined || undefined}
        aria-describedby="formula-wrong"
        rows={name === 'blockMath' ? 3 : 1}
        maxLength={LONGEST_FORMULA}
        placeholder={name === 'blockMath' ? '\\int_0^1 x^2 \\, dx' : 'x^2'}
        spellCheck={false}
        value={latex}
        onChange={(event) => {
          written.current = event.target.value
          setLatex(event.target.value)
        }}
        onKeyDown={(event) => {
          const isDone = event.key === 'Enter' && (name === 'inlineMath' || event.metaKey || event.ctrlKey)
          if (!isDone && event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          done()
        }}
        className={clsx(fieldClass, 'block resize-none px-2 py-1.5 font-mono text-sm')}
      />
      <div
        ref={preview}
        aria-hidden
        className={clsx('overflow-x-auto px-1 text-center', latex.trim() !== '' && 'pt-2')}
      />
      <p
        id="formula-wrong"
        aria-live="polite"
        className={clsx('px-1 pt-1 text-xs', wrong === undefined ? 'text-ink-faint' : 'text-danger')}
      >
        {wrong ?? (name === 'blockMath' ? 'Ctrl+Enter to finish' : 'Enter to finish')}
      </p>
    </>
  )
}

/** An empty formula is none. */
function writeFormula(editor: Editor, at: number, current: string): void {
  if (editor.isDestroyed || !editor.isEditable) return
  const node = editor.state.doc.nodeAt(at)
  if (node?.type.name !== 'inlineMath' && node?.type.name !== 'blockMath') return
  const { tr } = editor.state
  if (current.trim() === '') editor.view.dispatch(tr.delete(at, at + node.nodeSize))
  else if (formulaOf(node.attrs['latex']) !== current) editor.view.dispatch(tr.setNodeAttribute(at, 'latex', current))
}
