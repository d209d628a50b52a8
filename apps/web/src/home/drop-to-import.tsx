import { FileUp } from 'lucide-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'

/** The whole page takes files that are dropped on it, and shows that it will. */
export function DropToImport({ onFiles, children }: { onFiles(files: readonly File[]): void; children: ReactNode }) {
  const [over, setOver] = useState(false)
  // Entering a child leaves its parent, in this order: only the balance says when the page is left.
  const depth = useRef(0)
  const enter = (event: DragEvent, step: 1 | -1) => {
    if (!event.dataTransfer.types.includes('Files')) return
    depth.current += step
    setOver(depth.current > 0)
  }
  return (
    <div
      className="min-h-dvh"
      onDragEnter={(event) => enter(event, 1)}
      onDragLeave={(event) => enter(event, -1)}
      onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {over && (
        <div className="pointer-events-none fixed inset-3 z-40 flex flex-col items-center justify-center gap-3 rounded-3xl border-2 border-dashed border-accent bg-accent-wash/90 text-accent">
          <FileUp aria-hidden className="size-8" />
          <p className="px-6 text-center text-lg font-semibold">
            Drop Markdown, Word, HTML or text files to import them
          </p>
        </div>
      )}
    </div>
  )
}
