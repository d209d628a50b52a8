import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../ui/button.tsx'

interface ImportButtonProps {
  /** What is going on, in words; undefined when nothing is. */
  progress: string | undefined
  onFiles(files: readonly File[]): void
}

export function ImportButton({ progress, onFiles }: ImportButtonProps) {
  const busy = progress !== undefined
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button disabled={busy} aria-busy={busy} onClick={() => picker.current?.click()}>
        <FileUp aria-hidden className="-ml-0.5 size-4 text-ink-faint" />
        Import
      </Button>
      <output className="max-w-56 truncate text-sm text-ink-soft empty:hidden max-sm:order-last max-sm:w-full max-sm:max-w-none">
        {progress}
      </output>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept=".md,.markdown,.mdown,.docx,.html,.htm,.txt,text/markdown,text/html,text/plain"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
