import { fork, type ChildProcess } from 'node:child_process'
import { workspaceNode } from '../../scripts/parts/workspace.mjs'

/** What a parent tells the program that reads. */
export type ReaderOrder =
  | { readonly kind: 'open'; readonly url: string; readonly token: string; readonly documentId: string }
  | { readonly kind: 'state'; readonly question: number }

export interface ReaderAnswer {
  readonly question: number
  readonly isLive: boolean
  /** How many WebSockets it has opened, and how often it was live and then not. */
  readonly socketsOpened: number
  readonly partings: number
  /** What the probes of its document say (probes.ts). */
  readonly probes: Readonly<Record<string, number>>
}

/** Somebody who reads in a process of their own and can be stopped with all their timers, as by a closed lid. Whoever starts it ends it. */
export class ReaderProcess {
  readonly #process: ChildProcess
  readonly #asked = new Map<number, (answer: ReaderAnswer) => void>()
  #lastQuestion = 0

  constructor(options: { url: string; token: string; documentId: string }) {
    const program = new URL('programs/reading-client.ts', import.meta.url)
    this.#process = fork(program, { execPath: workspaceNode })
    this.#process.on('message', (answer: ReaderAnswer) => this.#asked.get(answer.question)?.(answer))
    this.#process.send({ kind: 'open', ...options } satisfies ReaderOrder)
  }

  /** Resolves when it gets to answer. Never while it is stopped. */
  async state(): Promise<ReaderAnswer> {
    const question = (this.#lastQuestion += 1)
    const answered = new Promise<ReaderAnswer>((resolve) => this.#asked.set(question, resolve))
    this.#process.send({ kind: 'state', question } satisfies ReaderOrder)
    return answered.finally(() => this.#asked.delete(question))
  }

  /** SIGSTOP: it reads nothing, its timers stand still, its kernel keeps the connection. */
  stopReading(): void {
    this.#process.kill('SIGSTOP')
  }

  readAgain(): void {
    this.#process.kill('SIGCONT')
  }

  end(): void {
    this.#process.kill('SIGKILL')
  }
}
