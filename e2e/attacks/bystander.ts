import { FRAGMENT } from '@tandem/schema/version'
import { withinMs } from './attack.ts'
import type { Target } from './target.ts'
import { percentile } from '../faults/row.ts'

const EDIT_EVERY_MS = 25
const CALM_MS = 2_000

/**
 * Somebody in a document of their own on the attacked node, who types on and on: before the attack, and while it lasts.
 * Their waits tell what others feel of it; attacker, node and bystander share this machine, so they are reported, not judged.
 */
export class Bystander {
  readonly #stop: () => Promise<void>
  readonly #beforeMs: readonly number[]
  readonly #duringMs: number[] = []

  private constructor(beforeMs: readonly number[], type: () => Promise<number>, close: () => Promise<void>) {
    this.#beforeMs = beforeMs
    const leaving = new AbortController()
    const typing = (async () => {
      while (!leaving.signal.aborted) this.#duringMs.push(await type())
    })()
    typing.catch(() => undefined) // whoever lets them leave is told
    this.#stop = async () => {
      leaving.abort()
      try {
        await typing
      } finally {
        await close()
      }
    }
  }

  /** Resolves when enough was typed in peace to compare with. */
  static async settle(target: Target, token: string): Promise<Bystander> {
    const client = target.client(token)
    const { documentId } = await client.api.documents.create.mutate({ title: 'Somewhere else' })
    const handle = client.document(documentId)
    await handle.whenOpen()
    const text = handle.doc.getText(FRAGMENT)
    const type = async (): Promise<number> => {
      const startedMs = performance.now()
      text.insert(text.length, 'x')
      await withinMs(10_000, 'a bystander has a letter saved', handle.whenSaved())
      const tookMs = performance.now() - startedMs
      await new Promise((resolve) => setTimeout(resolve, EDIT_EVERY_MS))
      return tookMs
    }
    await type()
    const beforeMs: number[] = []
    const untilMs = performance.now() + CALM_MS
    while (performance.now() < untilMs) beforeMs.push(await type())
    return new Bystander(beforeMs, type, () => client.close())
  }

  /** Ends it. Rejects when a letter was not saved at all. */
  async leave(): Promise<{ acks: number; ackP99BeforeMs: number; ackP99Ms: number }> {
    await this.#stop()
    return {
      acks: this.#duringMs.length,
      ackP99BeforeMs: percentile(this.#beforeMs, 0.99),
      ackP99Ms: percentile(this.#duringMs, 0.99),
    }
  }
}
