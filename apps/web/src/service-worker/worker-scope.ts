/** What a service worker sees of its browser, as far as it is used here: the DOM's types are a page's. */
export interface WorkerScope {
  readonly location: Location
  readonly registration: ServiceWorkerRegistration
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener<Name extends keyof WorkerEvents>(name: Name, listener: (event: WorkerEvents[Name]) => void): void
}

interface WorkerEvents {
  readonly install: Lasting
  readonly activate: Lasting
  readonly fetch: Lasting & {
    readonly request: Request
    readonly preloadResponse: Promise<Response | undefined>
    respondWith(response: Promise<Response>): void
  }
  readonly message: Lasting & MessageEvent<unknown>
}

interface Lasting {
  /** The worker is kept alive until then. */
  waitUntil(work: Promise<unknown>): void
}
