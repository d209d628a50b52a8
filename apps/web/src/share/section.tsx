import { useId, type ReactNode } from 'react'

interface SectionProps {
  title: string
  text?: string
  children: ReactNode
}

/** A part of the Share dialog, found by its heading. */
export function Section({ title, text, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="mt-6 first:mt-4">
      <h3 id={id} className="text-[0.8125rem] font-semibold text-ink-soft">
        {title}
      </h3>
      {text && <p className="mt-1 text-[0.8125rem] leading-relaxed text-ink-soft">{text}</p>}
      {children}
    </section>
  )
}
