import { lazy, Suspense, type ComponentProps } from 'react'
import type { DownloadMenu } from './download-menu.tsx'

type Props = ComponentProps<typeof DownloadMenu>

/** Not needed to read and write; when the chunk cannot be loaded the bar is there without it. */
const Lazy = lazy<(props: Props) => React.ReactNode>(() =>
  import('./download-menu.tsx').then(
    ({ DownloadMenu }) => ({ default: DownloadMenu }),
    () => ({ default: () => null }),
  ),
)

/** Keeps its place in the bar while it is loaded. */
export function LazyDownloadMenu(props: Props) {
  return (
    <Suspense fallback={<span className="size-9 shrink-0 pointer-coarse:size-10" />}>
      <Lazy {...props} />
    </Suspense>
  )
}
