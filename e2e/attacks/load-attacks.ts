import { fork } from 'node:child_process'
import { once } from 'node:events'
import { workspaceNode } from '../../scripts/parts/workspace.mjs'
import { percentile } from '../faults/row.ts'
import { must, type Attack } from './attack.ts'
import type { ImportOrder, ImportOutcome } from './programs/importing.ts'
import type { Scene } from './scene.ts'
import type { Guest } from './target.ts'

const EDIT_EVERY_MS = 25

/** Work that costs a node more than an edit does, as much of it as can be asked for. */
export const A38: Attack = {
  id: 'A38',
  attack: '200 imports of Markdown files at once, by 20 people from 20 addresses',
  passes: 'each done or refused as overloaded; the victim’s ack p99 <= 2x',
  missing: 'imports alone: there is no search, no export and no history diff yet',
  async run(scene, full) {
    const { target } = scene
    const [imports, bytes, people] = full ? [200, 2_000_000, 20] : [20, 200_000, 4]
    const guests: Guest[] = []
    for (let person = 0; person < people; person += 1) guests.push(await target.guest())
    const quiet = new Editing(scene)
    await new Promise((resolve) => setTimeout(resolve, full ? 10_000 : 1_000))
    const before = await quiet.stop()
    const memoryBefore = target.memoryBytes
    const busy = new Editing(scene)
    await target.longestStallMs() // from here on
    let [mostBytes, mostInAllBytes] = [memoryBefore, memoryBefore]
    const looking = setInterval(() => {
      const [own, children] = [target.memoryBytes, target.childrenMemoryBytes]
      mostBytes = Math.max(mostBytes, own)
      mostInAllBytes = Math.max(mostInAllBytes, own + children)
    }, 100)
    const outcomes = await importAll({ url: target.url, guests, imports, bytes }).finally(() => clearInterval(looking))
    const during = await busy.stop()
    const stallMs = await target.longestStallMs()
    const odd = outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'overloaded')
    must(odd.length === 0, `neither done nor overloaded: ${odd.slice(0, 3).join(', ')}`)
    const done = outcomes.filter((outcome) => outcome === 'done').length
    must(done > 0, 'nothing was imported at all')
    return {
      done,
      refused: outcomes.length - done,
      editsDuring: during.length,
      ackP99BeforeMs: percentile(before, 0.99),
      ackP99Ms: percentile(during, 0.99),
      ackP50BeforeMs: percentile(before, 0.5),
      ackP50Ms: percentile(during, 0.5),
      stallMs,
      memoryMb: (mostBytes - memoryBefore) / 2 ** 20,
      withImporterMb: (mostInAllBytes - memoryBefore) / 2 ** 20,
    }
  },
  met: ({ ackP99Ms = Infinity, ackP99BeforeMs = 0 }) => ackP99Ms <= 2 * ackP99BeforeMs,
}

/** The victim types on and on; how long each word took to be saved, ms. */
class Editing {
  readonly #tookMs: number[] = []
  readonly #running: Promise<void>
  #isOver = false

  constructor(scene: Scene) {
    this.#running = (async () => {
      while (!this.#isOver) {
        this.#tookMs.push(await scene.edit())
        await new Promise((resolve) => setTimeout(resolve, EDIT_EVERY_MS))
      }
    })()
    this.#running.catch(() => undefined) // told by stop
  }

  async stop(): Promise<readonly number[]> {
    this.#isOver = true
    await this.#running
    return this.#tookMs
  }
}

/** Resolves with what came of each. */
async function importAll(order: ImportOrder): Promise<readonly ImportOutcome[]> {
  const program = fork(new URL('programs/importing.ts', import.meta.url), { execPath: workspaceNode })
  try {
    program.send(order)
    const [outcomes] = (await once(program, 'message')) as [readonly ImportOutcome[]]
    return outcomes
  } finally {
    program.kill('SIGKILL')
  }
}
