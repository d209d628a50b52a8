/** The mark: two carets side by side. */
export function TandemMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 22 24" aria-hidden className={className}>
      <rect x="0" y="0" width="9" height="24" rx="4.5" className="fill-accent" />
      <rect x="13" y="0" width="9" height="24" rx="4.5" className="fill-[light-dark(#e8964a,#f0ae6c)]" />
    </svg>
  )
}
