/** The load generator: a program that gets one job from the bench, does it, and sends back what it found. */
import type { AnyJob, Answer, Figures } from './jobs.ts'
import { idle } from './idle.ts'
import { opening } from './opening.ts'
import { traffic } from './traffic.ts'

function work(job: AnyJob): Promise<Figures> {
  switch (job.kind) {
    case 'traffic':
      return traffic(job)
    case 'idle':
      return idle(job)
    case 'opening':
      return opening(job)
  }
}

function answer(said: Answer): void {
  process.send?.(said, () => process.exit())
}

process.once('uncaughtException', (error) => answer({ error: error.message }))
// What is rejected here arrives above.
process.once('message', (job: AnyJob) => void work(job).then((figures) => answer({ figures })))
