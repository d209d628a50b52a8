import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultNode } from './fault-cluster.ts'
import { restartWith } from './restart-with.ts'

/** The wall clock of one node, which can be set while it runs. It is started again for that. */
export class ShiftedClock {
  readonly #node: FaultNode
  readonly #file: string

  private constructor(node: FaultNode, file: string) {
    this.#node = node
    this.#file = file
  }

  static async of(node: FaultNode, folder: string, shiftMs: number): Promise<ShiftedClock> {
    const clock = new ShiftedClock(node, join(folder, `clock of ${node.name}`))
    writeFileSync(clock.#file, `${shiftMs}`)
    const program = new URL('programs/shifted-clock.ts', import.meta.url)
    await restartWith(node, { NODE_OPTIONS: `--import ${program.href}`, SHIFTED_CLOCK_FILE: clock.#file })
    return clock
  }

  /** Resolves, when the node has taken it over, with how far its clock jumped by its own account. ms */
  async jumpTo(shiftMs: number): Promise<number> {
    const told = `${this.#file}.told`
    rmSync(told, { force: true })
    writeFileSync(this.#file, `${shiftMs}`)
    this.#node.signal('SIGUSR2')
    while (!existsSync(told)) await pause(20)
    return Number(readFileSync(told, 'utf8'))
  }
}

/** The wall clock of every client in this process. Returns what sets it right again. */
export function shiftOwnClock(): { to(shiftMs: number): void; end(): void } {
  const real = Date.now
  return {
    to: (shiftMs) => {
      Date.now = () => real() + shiftMs
    },
    end: () => {
      Date.now = real
    },
  }
}
