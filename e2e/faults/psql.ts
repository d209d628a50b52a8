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

  constructor(stage: Stage) {
    this.#psql = spawn('psql', [stage.cluster.databaseUrl, ...OPTIONS])
    this.#psql.stdout.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    this.#psql.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
  }

  /** Resolves with what it answers, without the spaces around it. One at a time. Throws when the session has ended. */
  async ask(statement: string): Promise<string> {
    const end = 'that is all'
    this.#psql.stdin.write(`${statement}\n\\echo ${end}\n`)
    while (!this.#said.includes(end)) {
      if (this.#psql.exitCode !== null) throw new Error(`psql ended: ${this.#said}`)
      await Promise.race([once(this.#psql.stdout, 'data'), once(this.#psql, 'close')])
    }
    const answer = this.#said.slice(0, this.#said.indexOf(end)).trim()
    this.#said = ''
    return answer
  }

  async close(): Promise<void> {
    this.#psql.stdin.end()
    if (this.#psql.exitCode === null) await once(this.#psql, 'close')
  }
}
