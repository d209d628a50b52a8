import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Stage } from './stage.ts'

const run = promisify(execFile)
const OPTIONS = ['-v', 'ON_ERROR_STOP=1', '-qtA']

/** In the database itself, past every proxy; what it answers, unaligned. */
export async function sql(stage: Stage, statement: string): Promise<string> {
  const { stdout } = await run('psql', [stage.cluster.databaseUrl, ...OPTIONS, '-c', statement])
  return stdout.trim()
}

/** One connection that stays, for transactions that take their time. */
export class PsqlSession {
  readonly #psql: ChildProcessWithoutNullStreams
  #said = ''
  #heard: () => void = () => undefined

  constructor(stage: Stage) {
    this.#psql = spawn('psql', [stage.cluster.databaseUrl, ...OPTIONS])
    for (const output of [this.#psql.stdout, this.#psql.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text
        this.#heard()
      })
    }
    this.#psql.on('close', () => this.#heard())
  }

  /** Resolves with what it answers, without the spaces around it. One at a time. Throws when the session has ended. */
  async ask(statement: string): Promise<string> {
    const end = 'that is all'
    this.#psql.stdin.write(`${statement}\n\\echo ${end}\n`)
    while (!this.#said.includes(end)) {
      if (this.#psql.exitCode !== null) throw new Error(`psql ended: ${this.#said}`)
      await new Promise<void>((resolve) => (this.#heard = resolve))
    }
    const answer = this.#said.slice(0, this.#said.indexOf(end)).trim()
    this.#said = ''
    return answer
  }

  async close(): Promise<void> {
    if (this.#psql.exitCode !== null) return
    const closed = once(this.#psql, 'close')
    this.#psql.stdin.end()
    await closed
  }
}
