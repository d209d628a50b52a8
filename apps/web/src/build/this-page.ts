import { PageWorker } from './page-worker.ts'

/** The one of this page. */
export const pageWorker = new PageWorker({
  container: (navigator as Partial<Navigator>).serviceWorker,
  entry: entryOf(document),
  isSparing: (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
  now: () => Date.now(),
  after: (delayMs, callback) => setTimeout(callback, delayMs),
  reload: () => window.location.reload(),
})

/** What a page needs for its first text comes first: the worker brings some fifty files. */
const WORKER_AFTER_MS = 3_000

/** Registers the service worker once the page is there, and looks for newer builds. A page that is being developed has none. */
export function startPageWorker(): void {
  if (!import.meta.env.PROD) return
  const start = () => void setTimeout(() => void pageWorker.start(), WORKER_AFTER_MS)
  if (document.readyState === 'complete') start()
  else window.addEventListener('load', start, { once: true })
  window.addEventListener('online', () => pageWorker.lookForNewer())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') pageWorker.lookForNewer()
  })
}

function entryOf(page: Document): string {
  const script = page.querySelector<HTMLScriptElement>('script[type=module][src]:not([async])')
  return script ? new URL(script.src).pathname : ''
}
