import type { Figures } from './load/jobs.ts'
import { quantile } from './load/crowd.ts'
import { MeasuredServer, type Contestant } from './measured-server.ts'
import type { Workload } from './workloads/workload.ts'

/** Above this share of its core the load generator may be what is slow. */
const BUSY_GENERATOR = 0.9

export interface Run {
  readonly contestants: readonly Contestant[]
  readonly isQuick: boolean
  /** Where Tandem nodes write CPU profiles. */
  readonly profileFolder: string | undefined
  readonly say: (line: string) => void
}

export interface Result {
  readonly date: string
  /** Medians over the rounds, by contestant. Who failed in a round is not in it. */
  readonly figures: ReadonlyMap<string, Figures>
  /** What a reader has to know: rounds that failed, and generators that were too busy. */
  readonly remarks: readonly string[]
  /** Rounds that failed. */
  readonly failed: number
}

/** All rounds, one server after the other in each, so that a slow minute of the machine is everybody's. */
export async function runWorkload(workload: Workload, run: Run): Promise<Result> {
  const contestants = run.contestants.filter((contestant) => workload.isFor?.(contestant) ?? true)
  const rounds = new Map<string, Figures[]>()
  const remarks: string[] = []
  let failed = 0
  const remark = (line: string): void => {
    remarks.push(line)
    run.say(`  ${line}`)
  }
  const running = new Map<Contestant, MeasuredServer>()
  const measure = async (each: Workload, contestant: Contestant): Promise<Figures> => {
    const profileFolder = profileOf(run, contestant)
    if ('measureCluster' in each) return each.measureCluster(contestant, run.isQuick, profileFolder)
    const server = running.get(contestant) ?? (await MeasuredServer.start(contestant, { profileFolder }))
    running.set(contestant, server)
    return each.measure(server, run.isQuick)
  }
  try {
    for (let round = 1; round <= (run.isQuick ? 1 : workload.rounds); round++) {
      for (const contestant of contestants) {
        const { name, title } = contestant
        try {
          const figures = await measure(workload, contestant)
          rounds.set(name, [...(rounds.get(name) ?? []), figures])
          const busy = figures['generatorShare'] ?? 0
          if (busy > BUSY_GENERATOR)
            remark(`${title}, round ${round}: the load generator was ${Math.round(busy * 100)} % busy`)
          if (figures['refused']) remark(`${title}, round ${round}: refused ${figures['refused']} calls`)
        } catch (error) {
          failed += 1
          remark(`${title}, round ${round}: failed. ${error instanceof Error ? error.message : String(error)}`)
        }
        if (workload.isFresh !== true) continue
        await running.get(contestant)?.stop()
        running.delete(contestant)
      }
    }
  } finally {
    await Promise.all([...running.values()].map((server) => server.stop()))
  }
  const figures = new Map([...rounds].map(([name, all]) => [name, mediansOf(all)]))
  return { date: new Date().toISOString().slice(0, 10), figures, remarks, failed }
}

function profileOf({ profileFolder }: Run, { protocol }: Contestant): string | undefined {
  return protocol === 'tandem' ? profileFolder : undefined
}

/** Missing deliveries are not smoothed away: of those, the most that any round had. */
function mediansOf(rounds: readonly Figures[]): Figures {
  const keys = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(
    keys.map((key) => {
      const values = rounds.map((round) => round[key] ?? Number.NaN)
      return [key, key === 'missing' ? Math.max(...values) : quantile(values, 0.5)]
    }),
  )
}
