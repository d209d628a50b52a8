import { UploadProblem, type Uploaded, type sendUpload } from './send-upload.ts'

/** What is being done with one file. */
export type UploadState =
  | { readonly status: 'waiting' }
  | { readonly status: 'sending'; readonly part: number }
  /** All of it is there; the server looks at it. */
  | { readonly status: 'preparing' }
  | { readonly status: 'offline' }
  | { readonly status: 'failed'; readonly problem: string; readonly mayRetry: boolean }

export interface UploadJob {
  readonly id: string
  readonly file: File
  readonly asFile: boolean
  readonly state: UploadState
}

interface QueuePorts {
  readonly send: (...args: Parameters<typeof sendUpload>) => Promise<Uploaded>
  readonly documentId: string
  /** A file was taken; its job is gone. */
  readonly onDone: (job: UploadJob, uploaded: Uploaded) => void
  /** A job has another state, or (undefined) is gone. */
  readonly onChange: (id: string, job: UploadJob | undefined) => void
  readonly network: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
}

const AT_ONCE = 2
/** A busy server is asked again by itself so often, a little later each time. */
const BUSY_TRIES = 3
const BUSY_PAUSE_MS = 1_500
/** Without a connection one file is tried again so soon, then after twice as long, and so on to the longest pause. */
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 30_000

/**
 * The files of one open document on their way to the server, two at a time. What finds no connection is kept in this tab
 * and sent when there is one: the browser says so only where its own network was gone, so one file is tried again by itself.
 * It is lost with the tab, and nobody else sees any of it before it is whole.
 */
export class UploadQueue {
  readonly #ports: QueuePorts
  readonly #jobs = new Map<string, UploadJob>()
  readonly #aborts = new Map<string, AbortController>()
  #isClosed = false
  #pauseMs = FIRST_PAUSE_MS
  #cancelPause: (() => void) | undefined

  constructor(ports: QueuePorts) {
    this.#ports = ports
    ports.network.addEventListener('online', this.#retryOffline)
  }

  /** How many would be lost with the tab. */
  get size(): number {
    return this.#jobs.size
  }

  /** Under an id of the caller's. Resolves nothing: `onChange` and `onDone` tell. */
  add(id: string, file: File, { asFile }: { asFile: boolean }): void {
    this.#set({ id, file, asFile, state: { status: 'waiting' } })
    this.#next()
  }

  get(id: string): UploadJob | undefined {
    return this.#jobs.get(id)
  }

  retry(id: string): void {
    const job = this.#jobs.get(id)
    if (job?.state.status !== 'failed' && job?.state.status !== 'offline') return
    // It may be tried by itself just now: then whoever asks for it sees that.
    this.#set({ ...job, state: this.#aborts.has(id) ? { status: 'sending', part: 0 } : { status: 'waiting' } })
    this.#next()
  }

  /** Whatever it was doing, it is not done. May be called twice. */
  cancel(id: string): void {
    if (!this.#jobs.delete(id)) return
    this.#aborts.get(id)?.abort()
    this.#ports.onChange(id, undefined)
    this.#next()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelPause?.()
    this.#ports.network.removeEventListener('online', this.#retryOffline)
    for (const id of this.#jobs.keys()) this.cancel(id)
  }

  readonly #retryOffline = (): void => {
    for (const { id, state } of this.#jobs.values()) if (state.status === 'offline') this.retry(id)
  }

  /** It says that it has no connection until something of it has gone. */
  #tryLater(): void {
    const isOffline = () => [...this.#jobs.values()].find(({ state }) => state.status === 'offline')
    if (this.#isClosed || this.#cancelPause !== undefined || isOffline() === undefined) return
    const timer = setTimeout(() => {
      this.#cancelPause = undefined
      const job = isOffline()
      if (job !== undefined && !this.#aborts.has(job.id)) void this.#run(job)
    }, this.#pauseMs)
    this.#cancelPause = () => clearTimeout(timer)
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
  }

  #next(): void {
    if (this.#isClosed) return
    for (const job of this.#jobs.values()) {
      if (this.#aborts.size >= AT_ONCE) return
      if (job.state.status === 'waiting') void this.#run(job)
    }
  }

  /** Never rejects. */
  async #run(job: UploadJob): Promise<void> {
    const { id } = job
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    const update = (state: UploadState) => this.#jobs.has(id) && this.#set({ ...job, state })
    try {
      if (job.state.status !== 'offline') update({ status: 'sending', part: 0 })
      const uploaded = await this.#sendPatiently(job, abort.signal, update)
      if (this.#jobs.delete(id)) {
        this.#ports.onDone(job, uploaded)
        this.#ports.onChange(id, undefined)
      }
      this.#pauseMs = FIRST_PAUSE_MS
      this.#retryOffline()
    } catch (error) {
      if (!abort.signal.aborted) update(stateAfter(error))
    } finally {
      this.#aborts.delete(id)
      this.#tryLater()
      this.#next()
    }
  }

  async #sendPatiently(
    { file, asFile }: UploadJob,
    signal: AbortSignal,
    update: (state: UploadState) => void,
  ): Promise<Uploaded> {
    const onProgress = (part: number) => update(part < 1 ? { status: 'sending', part } : { status: 'preparing' })
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#ports.send(this.#ports.documentId, file, { asFile, onProgress, signal })
      } catch (error) {
        const isBusy = error instanceof UploadProblem && error.why === 'busy'
        if (!isBusy || tries >= BUSY_TRIES || signal.aborted) throw error
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS * tries))
        if (signal.aborted) throw error
      }
    }
  }

  #set(job: UploadJob): void {
    this.#jobs.set(job.id, job)
    this.#ports.onChange(job.id, job)
  }
}

function stateAfter(error: unknown): UploadState {
  if (!(error instanceof UploadProblem))
    return { status: 'failed', problem: 'This file cannot be read.', mayRetry: false }
  if (error.why === 'offline') return { status: 'offline' }
  return { status: 'failed', problem: error.message, mayRetry: error.why === 'busy' }
}
