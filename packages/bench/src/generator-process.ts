import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { AnyJob, Answer, Figures } from './load/jobs.ts'
import { GENERATOR_CORE } from './machine.ts'

const PROGRAM = join(import.meta.dirname, 'load/generator.ts')

/** Has a fresh load generator do one job, on a core of its own. Rejects with what went wrong there. */
export async function generate(job: AnyJob): Promise<Figures> {
  const child = spawn('taskset', ['-c', GENERATOR_CORE, process.execPath, PROGRAM], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const end = (): boolean => child.kill('SIGKILL')
  process.once('exit', end) // however the bench ends
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Answer))
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`The load generator ended with ${code}.`)))
      child.send(job)
    })
    if ('error' in answer) throw new Error(answer.error)
    return answer.figures
  } finally {
    process.off('exit', end)
    end()
  }
}
