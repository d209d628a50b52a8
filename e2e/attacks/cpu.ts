import type { Target } from './target.ts'

const CALM_MS = 2_000

/** The processor time that this costs the node, ms: without what it uses anyway, which is measured for two seconds before. */
export async function cpuMsOf(target: Target, work: () => Promise<void>): Promise<number> {
  const used = async (doing: () => Promise<unknown>): Promise<{ cpuMs: number; tookMs: number }> => {
    const [cpuMs, startedMs] = [target.cpuMs, performance.now()]
    await doing()
    return { cpuMs: target.cpuMs - cpuMs, tookMs: performance.now() - startedMs }
  }
  const calm = await used(() => new Promise((resolve) => setTimeout(resolve, CALM_MS)))
  const busy = await used(work)
  return Math.max(0, busy.cpuMs - (calm.cpuMs / calm.tookMs) * busy.tookMs)
}
