import { Search } from 'lucide-react'
import { TextField } from '../ui/text-field.tsx'

export function FilterField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <div className="relative mt-6">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <TextField
        type="search"
        aria-label="Filter documents"
        placeholder="Filter by title"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
        className="pl-9"
      />
    </div>
  )
}
