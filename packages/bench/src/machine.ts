import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

/** Servers and the load generator never share a core. */
export const SERVER_CORE = '0'
export const GENERATOR_CORE = '1'

/** Kernel clock ticks in /proc/<pid>/stat are hundredths of a second on every Linux that Node runs on. */
const TICK_US = 10_000

/** Why this machine cannot run the bench; undefined: it can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'The bench reads /proc and needs Linux.'
  if (availableParallelism() < 2) return 'The bench needs two cores: one for servers, one for the load generator.'
  return undefined
}

/** Most files, and so sockets, that a process started from here may have open. */
export function openFilesLimit(): number {
  const line = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return line === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(line)
}

/** Processor time of a process and its children so far, all threads, user and kernel; also of children that have ended. */
export function cpuUs(pid: number): number {
  return treeOf(pid).reduce((sum, each) => {
    const stat = readIfThere(`/proc/${each}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name in parentheses may hold spaces
    return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) * TICK_US
  }, 0)
}

/** Memory of a process and its children. */
export function rssBytes(pid: number): number {
  return treeOf(pid).reduce((sum, each) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readIfThere(`/proc/${each}/status`))?.[1]
    return sum + Number(kilobytes ?? 0) * 1024
  }, 0)
}

function treeOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readIfThere(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(treeOf)]
}

/** Threads and children may end while they are looked at. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ''
    throw error
  }
}

/** One line for the head of a report. */
export function machineLine(): string {
  const [cpu] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpu?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${gigabytes} GB, Linux ${release()}, Node ${process.versions.node}`
}
