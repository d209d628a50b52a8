import { existsSync, readFileSync } from 'node:fs'
import { Child } from '../../scripts/parts/child.ts'

/** One call of the kernel, from its start to its end: ms since 1970. */
export interface Syscall {
  readonly name: string
  readonly arguments: string
  readonly result: number
  readonly startMs: number
  readonly endMs: number
}

/** strace on every thread of running processes, and of those that they start. */
export class Strace {
  readonly #child: Child
  readonly #file: string

  private constructor(child: Child, file: string) {
    this.#child = child
    this.#file = file
  }

  /** Resolves once it watches. `options` are strace's own: which calls, which path, what to do to them. */
  static async of(pids: readonly number[], file: string, options: readonly string[]): Promise<Strace> {
    const logFile = `${file}.log`
    // Before it starts: on a busy machine it has attached itself by the time we look.
    const before = existsSync(logFile) ? readFileSync(logFile, 'utf8').length : 0
    const child = new Child({
      name: 'strace',
      command: 'strace',
      args: [
        '-f',
        '-ttt',
        '-T',
        '-y',
        '-s',
        '8192',
        '-o',
        file,
        ...options,
        ...pids.flatMap((pid) => ['-p', `${pid}`]),
      ],
      logFile,
    })
    // A process may end before it is attached to, and a database's do.
    const answers = (): number =>
      child
        .log()
        .slice(before)
        .match(/ attached|No such process/g)?.length ?? 0
    await child.ready(() => answers() >= pids.length)
    return new Strace(child, file)
  }

  /** Lets the process go on alone. Returns what was seen, in the order of the starts. */
  async stop(): Promise<readonly Syscall[]> {
    await this.#child.stop('SIGINT')
    return parse(readFileSync(this.#file, 'latin1'))
  }
}

const LINE = /^(?<thread>\d+) +(?<at>\d+\.\d+) (?<rest>.*)$/
const WHOLE = /^(?<name>\w+)\((?<args>.*)\) = (?<result>-?\d+).* <(?<tookS>[\d.]+)>$/
const BEGUN = /^(?<name>\w+)\((?<args>.*) <unfinished \.\.\.>$/
const RESUMED = /^<\.\.\. (?<name>\w+) resumed>.*= (?<result>-?\d+).* <[\d.]+>$/

/** A call of a thread is one line, or two when other threads called meanwhile. */
function parse(trace: string): readonly Syscall[] {
  const calls: Syscall[] = []
  const begun = new Map<string, Pick<Syscall, 'name' | 'arguments' | 'startMs'>>()
  for (const line of trace.split('\n')) {
    const { thread = '', at = '0', rest = '' } = LINE.exec(line)?.groups ?? {}
    const atMs = Number(at) * 1_000
    const whole = WHOLE.exec(rest)?.groups
    const start = BEGUN.exec(rest)?.groups
    const end = RESUMED.exec(rest)?.groups
    const before = begun.get(thread)
    if (whole !== undefined) {
      const { name = '', args = '', result, tookS } = whole
      const endMs = atMs + Number(tookS) * 1_000
      calls.push({ name, arguments: args, result: Number(result), startMs: atMs, endMs })
    } else if (start !== undefined) {
      begun.set(thread, { name: start['name'] ?? '', arguments: start['args'] ?? '', startMs: atMs })
    } else if (before !== undefined && before.name === end?.['name']) {
      calls.push({ ...before, result: Number(end['result']), endMs: atMs })
      begun.delete(thread)
    }
  }
  return calls.sort((a, b) => a.startMs - b.startMs)
}
