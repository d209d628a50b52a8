import { readFileSync, readdirSync } from 'node:fs'

/** Resident bytes of everything that this process has started, and of what they have. */
export function memoryOfChildren(pid: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const isUnder = (child: number): boolean => {
    const parent = parents.get(child)
    return parent !== undefined && (parent === pid || isUnder(parent))
  }
  return [...parents.keys()].filter(isUnder).reduce((sum, child) => sum + residentBytes(child), 0)
}

function parentOf(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  return fields?.[1] === undefined ? undefined : Number(fields[1])
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024
}

/** Undefined of one that has just ended. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // it has ended since it was listed
  }
}
