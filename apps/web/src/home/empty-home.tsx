import { FilePlus2, FileUp, Users } from 'lucide-react'
import type { ReactNode } from 'react'

/** Nothing here yet: says what can be done, the buttons are just above. */
export function EmptyHome() {
  return (
    <section
      aria-label="No documents yet"
      className="rounded-2xl border border-dashed border-line-strong px-6 py-12 sm:px-12 sm:py-16"
    >
      <h2 className="text-lg font-semibold tracking-[-0.016em]">A clean desk</h2>
      <p className="mt-1 max-w-prose text-ink-soft">Everything you write here is saved as you type, and stays yours.</p>
      <ul className="mt-8 grid gap-6 sm:grid-cols-3 sm:gap-8">
        <Hint icon={<FilePlus2 />} title="Start writing">
          New document opens an empty page.
        </Hint>
        <Hint icon={<FileUp />} title="Bring what you have">
          Import Markdown, Word, HTML or text, or drop it anywhere on this page.
        </Hint>
        <Hint icon={<Users />} title="Write together">
          Send somebody the link of a document; they are in at once.
        </Hint>
      </ul>
    </section>
  )
}

function Hint({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-3.5 sm:flex-col">
      <span aria-hidden className="text-accent [&_svg]:size-5 [&_svg]:stroke-[1.75]">
        {icon}
      </span>
      <div>
        <h3 className="text-sm font-semibold">{title}</h3>
        <p className="mt-0.5 text-sm leading-relaxed text-ink-soft">{children}</p>
      </div>
    </li>
  )
}
