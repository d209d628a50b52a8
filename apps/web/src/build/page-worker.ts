import type { PageMessage } from '../service-worker/worker-messages.ts'

/** A browser looks for a newer build by itself when a page is opened; a page that stays open has to ask. */
const LOOK_EVERY_MS = 15 * 60_000
/** After the page is there: what it needs now comes first. */
const KEEP_LATER_AFTER_MS = 5_000
const TAKE_OVER_MS = 3_000

export interface PageWorkerPorts {
  /** Undefined where there are none: plain http in a LAN, private windows of some browsers. */
  readonly container: ServiceWorkerContainer | undefined
  /** What this page was loaded with first: `/assets/index-x.js`. */
  readonly entry: string
  /** The person asked their browser to spare the network. */
  readonly isSparing: boolean
  readonly now: () => number
  readonly after: (delayMs: number, callback: () => void) => void
  readonly reload: () => void
}

/**
 * The page's side of the service worker: registers it, lets it keep the rest of the build when the page is idle, and notices
 * that there is a newer build. It never reloads by itself: that is `reload`, which the person asks for.
 */
export class PageWorker {
  readonly #ports: PageWorkerPorts
  readonly #listeners = new Set<() => void>()
  #registration: ServiceWorkerRegistration | undefined
  #hasNewer = false
  #lookedAtMs = 0

  constructor(ports: PageWorkerPorts) {
    this.#ports = ports
  }

  /** A newer build than this page's is there. */
  readonly getSnapshot = (): boolean => this.#hasNewer

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Where a browser has no workers, or refuses this one, the page is as good as without a network connection it ever was. */
  async start(): Promise<void> {
    const { container, isSparing, now, after } = this.#ports
    if (container === undefined) return
    let isControlled = container.controller !== null
    container.addEventListener('controllerchange', () => {
      // The first to control this page is of its own build.
      if (isControlled) this.#judge(container.controller)
      isControlled = true
    })
    try {
      this.#registration = await container.register('/sw.js', { updateViaCache: 'none' })
    } catch {
      return // refused by the browser's settings, or the server has none: nothing is lost but starting without a network
    }
    this.#lookedAtMs = now()
    this.#watch(this.#registration)
    if (!isSparing) after(KEEP_LATER_AFTER_MS, () => void this.#keepLater(container))
  }

  /** The page is looked at again, or the network is back. */
  lookForNewer(): void {
    const { now } = this.#ports
    if (this.#registration === undefined || now() - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#lookedAtMs = now()
    this.#registration.update().catch(() => undefined) // no network: the next look will do
  }

  /** Starts the newer build. What is unsent is on this device by now, or leaving asks. */
  reload(): void {
    const { container, after, reload } = this.#ports
    const waiting = this.#registration?.waiting
    if (!waiting || !container) return reload()
    let isDone = false
    const once = () => {
      if (!isDone) reload()
      isDone = true
    }
    container.addEventListener('controllerchange', once)
    after(TAKE_OVER_MS, once)
    say(waiting, { type: 'take-over' })
  }

  #watch(registration: ServiceWorkerRegistration): void {
    if (registration.waiting) this.#judge(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const { installing } = registration
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && registration.active) this.#judge(installing)
      })
    })
  }

  /** Asks a worker whether it keeps this page's build. One that waits and does takes over: the page came by the network, newer than the worker. */
  #judge(worker: ServiceWorker | null): void {
    if (worker === null) return
    const { port1, port2 } = new MessageChannel()
    const heard = ({ data }: MessageEvent<unknown>) => {
      port1.close()
      if (data === false) this.#found()
    }
    port1.addEventListener('message', heard, { once: true })
    port1.start()
    say(worker, { type: 'my-build', entry: this.#ports.entry }, [port2])
  }

  #found(): void {
    this.#hasNewer = true
    for (const listener of this.#listeners) listener()
  }

  async #keepLater(container: ServiceWorkerContainer): Promise<void> {
    const { active } = await container.ready
    if (active) say(active, { type: 'keep-later' })
  }
}

function say(worker: ServiceWorker, message: PageMessage, ports: MessagePort[] = []): void {
  worker.postMessage(message, ports)
}
