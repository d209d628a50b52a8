import clsx from 'clsx'

const LOOKS = {
  primary: 'bg-accent text-on-accent shadow-sm hover:bg-accent-strong',
  outline: 'border border-line bg-surface text-ink hover:border-line-strong hover:bg-hover',
  danger: 'bg-danger text-on-danger hover:brightness-110',
}
const SIZES = {
  medium: 'h-9 px-3.5 text-sm pointer-coarse:h-11',
  small: 'h-8 px-2.5 text-[0.8125rem] pointer-coarse:h-10',
}

export interface ButtonLook {
  look?: keyof typeof LOOKS
  size?: keyof typeof SIZES
}

/** Classes of a button, for things that look like one but are links or triggers. */
export function buttonClass({ look = 'outline', size = 'medium' }: ButtonLook, extra?: string): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap select-none',
    'transition-colors disabled:pointer-events-none disabled:opacity-50',
    LOOKS[look],
    SIZES[size],
    extra,
  )
}
