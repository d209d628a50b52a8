import type { ReactNode } from 'react'

interface NoticeProps {
  icon?: ReactNode
  title: string
  text: ReactNode
  children?: ReactNode
  /** Read out when it replaces what was there. */
  alert?: boolean
}

/** A page or part of a page that has something to say instead of content: what happened, and the way on. */
export function Notice({ icon, title, text, children, alert = false }: NoticeProps) {
  return (
    <section
      role={alert ? 'alert' : undefined}
      className="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center sm:py-24"
    >
      {icon && (
        <div className="mb-5 flex size-12 items-center justify-center rounded-2xl bg-accent-wash text-accent [&_svg]:size-6">
          {icon}
        </div>
      )}
      <h1 className="text-xl font-semibold tracking-[-0.018em] text-balance">{title}</h1>
      <div className="mt-2 leading-relaxed text-pretty text-ink-soft">{text}</div>
      {children && <div className="mt-6 flex flex-wrap justify-center gap-2">{children}</div>}
    </section>
  )
}
