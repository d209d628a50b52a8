import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Between two looks at something that is not ready yet. */
const LOOK_EVERY_MS = 25
const READY_WITHIN_MS = 30_000
const LOG_TAIL_LINES = 20
/** A program that does not stop when asked is ended after this. */
const PATIENCE_MS = 20_000

export interface ChildOptions {
  /** For messages: "PostgreSQL", "node 2". */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment; the own one when absent. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Everything it prints goes here, appended. */
  readonly logFile: string
  /** Whom it runs as, where that is not us. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

const running = new Set<ChildProcess>()
// Whoever forgets to stop a child, or fails before it can, leaves nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A program that was started here and is stopped by its own handle, never by name. */
export class Child {
  readonly name: string
  readonly logFile: string
  /** Resolves with how it ended, in words. Never rejects. */
  readonly ended: Promise<string>
  readonly #process: ChildProcess
  #end: string | undefined

  constructor(options: ChildOptions) {
    this.name = options.name
    this.logFile = options.logFile
    const log = openSync(options.logFile, 'a')
    this.#process = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C in the terminal is ours to pass on, in order
      ...options.user,
    })
    closeSync(log)
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message))
      this.#process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
    running.add(this.#process)
    void this.ended.then((end) => {
      this.#end = end
      running.delete(this.#process)
    })
  }

  /** Throws while there is none: a program that could not be started. */
  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.name} was not started.`)
    return this.#process.pid
  }

  get running(): boolean {
    return this.#end === undefined
  }

  /** Resolves once `isReady` says so. Throws, with the end of its log, when it ends first or takes too long; it is gone then. */
  async ready(isReady: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS
    while (!(await isReady())) {
      if (!this.running) throw new Error(`${this.name} ended at start (${this.#end}).\n${this.logTail()}`)
      if (Date.now() > deadline) {
        await this.kill()
        throw new Error(`${this.name} was not ready after ${READY_WITHIN_MS} ms.\n${this.logTail()}`)
      }
      await pause(LOOK_EVERY_MS)
    }
  }

  /** Asks it to stop and waits; a program that does not listen is killed after a while. May be called twice. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.running) this.#process.kill(signal)
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS)
    await this.ended
    clearTimeout(impatience)
  }

  /** SIGKILL: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8')
  }

  logTail(): string {
    return `The end of ${this.logFile}:\n${this.log().trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')}`
  }
}
