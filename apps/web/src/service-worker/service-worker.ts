/** The service worker: a file of its own (`/sw.js`), built by scripts/service-worker-plugin.ts. */
import type { PrecacheList } from './precache-list.ts'
import { ShellCache } from './shell-cache.ts'
import { isPageMessage } from './worker-messages.ts'
import type { WorkerScope } from './worker-scope.ts'

/** The build writes it in. */
declare const PRECACHE_LIST: PrecacheList
declare const self: WorkerScope

const list = PRECACHE_LIST
const shell = new ShellCache({
  list,
  origin: self.location.origin,
  caches,
  fetch: (request, init) => fetch(request, init),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
})

self.addEventListener('install', (event) => event.waitUntil(shell.install()))

self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

self.addEventListener('fetch', (event) => {
  const answer = shell.answer(event.request, event.preloadResponse)
  if (answer) event.respondWith(answer)
})

self.addEventListener('message', (event) => {
  const { data } = event
  if (!isPageMessage(data)) return
  if (data.type === 'keep-later') return event.waitUntil(keepLater())
  if (data.type === 'take-over') return event.waitUntil(self.skipWaiting())
  const isMine = data.entry === list.entry
  event.ports[0]?.postMessage(isMine)
  if (isMine) event.waitUntil(self.skipWaiting())
})

async function takeOver(): Promise<void> {
  await shell.removeOld()
  // A page is asked for while the worker starts, so that having one does not make it slower.
  await self.registration.navigationPreload.enable()
  await self.clients.claim()
}

async function keepLater(): Promise<void> {
  // The network went away or the disk is full: what is missing is asked for again when the next page is idle.
  await shell.keepLater().catch(() => undefined)
}
