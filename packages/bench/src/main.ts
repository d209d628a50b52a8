/**
 * pnpm bench [W1 W2 …] [--quick] [--peers ws,tandem] [--profile]
 *
 * Measures Tandem beside its peers in one run, turn by turn: read the ratios, not the microseconds. Every server has one core
 * and the load generator another. Writes docs/performance.md and its plots from what was measured.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CONTESTANTS, type Contestant } from './measured-server.ts'
import { machineLine, whyNot } from './machine.ts'
import { runWorkload } from './run-workload.ts'
import { hopLine } from './load/hops.ts'
import { keepResults } from './report/page.ts'
import { goalLines, tableOf } from './report/tables.ts'
import { WORKLOADS } from './workloads/all.ts'
import type { Workload } from './workloads/workload.ts'

const USAGE = `pnpm bench [${WORKLOADS.map(({ name }) => name).join(' ')}] [--quick] [--peers ${CONTESTANTS.map(({ name }) => name).join(',')}] [--profile]

  --quick    a small load for a moment, to see that everything works; writes nothing
  --peers    only these servers; writes nothing
  --profile  Tandem nodes write V8 CPU profiles (they cost: compare nothing); writes nothing else`

interface Options {
  readonly workloads: readonly Workload[]
  readonly contestants: readonly Contestant[]
  readonly isQuick: boolean
  readonly profileFolder: string | undefined
  readonly isKept: boolean
}

/** Throws Error with what is wrong and the usage. */
function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, peers: { type: 'string' }, profile: { type: 'boolean' } },
  })
  const { quick: isQuick = false, profile: isProfiled = false, peers } = values
  const named = peers?.split(',')
  return {
    workloads: positionals.length === 0 ? WORKLOADS : positionals.map((name) => found(WORKLOADS, name)),
    contestants: named?.map((name) => found(CONTESTANTS, name)) ?? CONTESTANTS.filter((each) => each.isExtra !== true),
    isQuick,
    profileFolder: isProfiled ? mkdtempSync(join(tmpdir(), 'tandem-profiles-')) : undefined,
    isKept: !isQuick && !isProfiled && named === undefined,
  }
}

function found<Named extends { readonly name: string }>(all: readonly Named[], name: string): Named {
  const one = all.find((each) => each.name === name)
  if (one === undefined) throw new Error(`There is no ${name}.\n${USAGE}`)
  return one
}

async function main(): Promise<void> {
  const reason = whyNot()
  if (reason !== undefined) throw new Error(reason)
  const { workloads, contestants, isQuick, profileFolder, isKept } = readOptions()
  console.log(machineLine())
  for (const workload of workloads) {
    console.log(`\n${workload.name}: ${workload.title}${isQuick ? ' (quick: much less)' : ''}`)
    const result = await runWorkload(workload, {
      contestants,
      isQuick,
      profileFolder,
      say: (line) => console.log(line),
    })
    console.table(tableOf(workload, result.figures))
    const waited = hopLine(result.figures.get('tandem'))
    if (waited !== undefined) console.log(waited)
    for (const line of isQuick ? [] : goalLines(workload, result.figures)) console.log(line)
    if (isKept) keepResults(workload, result)
    if (result.failed > 0) process.exitCode = 1
  }
  if (profileFolder !== undefined)
    console.log(`CPU profiles are in ${profileFolder}; a browser's developer tools open them.`)
}

// What was started is ended when this process exits, which a signal by itself does not make it do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
