import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../ui/button.tsx'

interface ImportButtonProps {
  busy: boolean
  onFiles(files: readonly File[]): void
}

export function ImportButton({ busy, onFiles }: ImportButtonProps) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button disabled={busy} aria-busy={busy} onClick={() => picker.current?.click()}>
        <FileUp aria-hidden className="-ml-0.5 size-4 text-ink-faint" />
        Import
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept=".md,.markdown,.mdown,.txt,text/markdown,text/plain"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
