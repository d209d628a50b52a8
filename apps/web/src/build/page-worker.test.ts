import { beforeEach, expect, test, vi } from 'vitest'
import type { PageMessage } from '../service-worker/worker-messages.ts'
import { PageWorker } from './page-worker.ts'

/** A worker as a browser gives it to a page: it keeps a build, and answers which. */
class FakeWorker extends EventTarget {
  state = 'installing'
  readonly said: PageMessage[] = []
  readonly #entry: string

  constructor(entry: string) {
    super()
    this.#entry = entry
  }

  postMessage(message: PageMessage, ports: MessagePort[] = []): void {
    this.said.push(message)
    if (message.type === 'my-build') ports[0]?.postMessage(message.entry === this.#entry)
  }

  becomes(state: string): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeRegistration extends EventTarget {
  active: FakeWorker | null = null
  waiting: FakeWorker | null = null
  installing: FakeWorker | null = null
  readonly update = vi.fn(() => Promise.resolve())

  finds(worker: FakeWorker): void {
    this.installing = worker
    this.dispatchEvent(new Event('updatefound'))
  }
}

class FakeContainer extends EventTarget {
  controller: FakeWorker | null = null
  readonly registration = new FakeRegistration()
  register: () => Promise<FakeRegistration> = async () => this.registration

  get ready(): Promise<FakeRegistration> {
    return Promise.resolve(this.registration)
  }

  controlledBy(worker: FakeWorker): void {
    this.controller = worker
    this.dispatchEvent(new Event('controllerchange'))
  }
}

const OWN = '/assets/index-own.js'
const NEXT = '/assets/index-next.js'
let container: FakeContainer
let nowMs: number
let timers: { delayMs: number; callback: () => void }[]
let reloads: number
let page: PageWorker

beforeEach(() => {
  container = new FakeContainer()
  nowMs = 0
  timers = []
  reloads = 0
  page = pageWith({})
})

function pageWith(ports: Partial<ConstructorParameters<typeof PageWorker>[0]>): PageWorker {
  return new PageWorker({
    container: container as unknown as ServiceWorkerContainer,
    entry: OWN,
    isSparing: false,
    now: () => nowMs,
    after: (delayMs, callback) => timers.push({ delayMs, callback }),
    reload: () => (reloads += 1),
    ...ports,
  })
}

const told = (): Promise<void> => vi.waitFor(() => expect(page.getSnapshot()).toBe(true))

test('where there are no workers, or they are refused, nothing happens and nothing breaks', async () => {
  const plain = pageWith({ container: undefined })
  await plain.start()
  plain.lookForNewer()
  expect(plain.getSnapshot()).toBe(false)
  plain.reload()
  expect(reloads).toBe(1)
  container.register = () => Promise.reject(new DOMException('denied', 'SecurityError'))
  await page.start()
  page.lookForNewer()
  expect([page.getSnapshot(), timers.length]).toEqual([false, 0])
})

test('the first worker of a browser is of this page’s build, and keeps the rest when the page is idle', async () => {
  await page.start()
  const first = new FakeWorker(OWN)
  container.registration.finds(first)
  first.becomes('installed')
  container.registration.active = first
  container.controlledBy(first)
  timers[0]?.callback()
  await vi.waitFor(() => expect(first.said).toEqual([{ type: 'keep-later' }]))
  expect(page.getSnapshot()).toBe(false)
})

test('who asked their browser to spare the network is spared', async () => {
  await pageWith({ isSparing: true }).start()
  expect(timers).toEqual([])
})

test('a newer build that was installed is offered; it is never reloaded by itself', async () => {
  container.registration.active = container.controller = new FakeWorker(OWN)
  await page.start()
  const next = new FakeWorker(NEXT)
  container.registration.finds(next)
  expect(page.getSnapshot()).toBe(false)
  container.registration.waiting = next
  const heard = vi.fn()
  page.subscribe(heard)
  next.becomes('installed')
  await told()
  expect(heard).toHaveBeenCalledOnce()
  expect(reloads).toBe(0)

  page.reload()
  expect(next.said.at(-1)).toEqual({ type: 'take-over' })
  expect(reloads).toBe(0)
  container.controlledBy(next)
  for (const { callback } of timers) callback()
  expect(reloads).toBe(1)
})

test('a worker that does not take over is not waited for', async () => {
  container.registration.waiting = new FakeWorker(NEXT)
  container.registration.active = container.controller = new FakeWorker(OWN)
  await page.start()
  await told()
  timers = []
  page.reload()
  expect(reloads).toBe(0)
  timers[0]?.callback()
  expect(reloads).toBe(1)
})

test('a page that is of the worker’s build says so, and is offered nothing', async () => {
  container.registration.active = container.controller = new FakeWorker('/assets/index-before.js')
  const own = new FakeWorker(OWN)
  container.registration.waiting = own
  await page.start()
  await vi.waitFor(() => expect(own.said).toEqual([{ type: 'my-build', entry: OWN }]))
  container.controlledBy(own)
  await vi.waitFor(() => expect(own.said).toHaveLength(2))
  expect(page.getSnapshot()).toBe(false)
})

test('a page whose worker was replaced for another page is offered the newer build', async () => {
  container.registration.active = container.controller = new FakeWorker(OWN)
  await page.start()
  container.controlledBy(new FakeWorker(NEXT))
  await told()
})

test('it looks for a newer build now and then, not each time the page is looked at', async () => {
  await page.start()
  nowMs = 15 * 60_000 - 1
  page.lookForNewer()
  expect(container.registration.update).not.toHaveBeenCalled()
  nowMs += 1
  container.registration.update.mockRejectedValueOnce(new TypeError('no network'))
  page.lookForNewer()
  page.lookForNewer()
  expect(container.registration.update).toHaveBeenCalledOnce()
})
