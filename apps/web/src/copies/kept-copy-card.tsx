import { LifeBuoy } from 'lucide-react'
import { CopyActions, type Copy } from './copy-actions.tsx'

interface KeptCopyCardProps {
  copy: Copy
  /** Of the document it was meant for, as far as it is known. */
  title: string
}

/** Says that nothing was lost, and where it is. */
export function KeptCopyCard({ copy, title }: KeptCopyCardProps) {
  const at = new Date(copy.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <section aria-label="Your unsaved changes" className="rounded-2xl border border-line bg-surface p-5">
      <h2 className="flex items-center gap-2 font-semibold tracking-[-0.012em]">
        <LifeBuoy aria-hidden className="size-4.5 shrink-0 text-accent" />
        Your unsaved changes are kept as a copy
      </h2>
      <p className="mt-1.5 mb-4 text-sm leading-relaxed text-ink-soft">
        {title ? `“${title}”` : 'The document'}, whole and with them in it, as of {at}.{' '}
        {copy.isStored === false
          ? 'This browser cannot store it: take it out before you leave this page.'
          : 'It stays in this browser until you take it out.'}
      </p>
      <CopyActions copy={copy} title={title} />
    </section>
  )
}
