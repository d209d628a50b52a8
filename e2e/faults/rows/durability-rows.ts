import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { breaches } from '../checker.ts'
import type { Measured, SqliteRow } from '../row.ts'
import type { SqliteCluster } from '../sqlite-stage.ts'
import { Stage, type StageCluster } from '../stage.ts'
import { Strace, type Syscall } from '../syscalls.ts'
import { walText } from '../wal-text.ts'

type Ack = { readonly word: string; readonly atMs: number }

const now = (): number => performance.timeOrigin + performance.now()

export const F5: SqliteRow = {
  id: 'F5',
  on: 'SQLite',
  injection:
    'strace of every write and fdatasync of the -wal file (embedded database), then of the write-ahead log by every process of a PostgreSQL; 1,000 acks each',
  promised: 'an ack comes only after the sync that covers it',
  passes: 'no ack before its sync in 1,000 acks on either',
  async run(stage, partMs) {
    const onSqlite = await auditSqlite(stage, partMs)
    const clustered = await Stage.set({ seed: stage.random.int(2 ** 31) })
    try {
      const onPostgres = await auditPostgres(clustered, partMs)
      const wrong = breaches(await clustered.verdict())
      if (wrong.length > 0) throw new Error(`On PostgreSQL: ${wrong.join('; ')}`)
      return { ...onSqlite, ...onPostgres }
    } finally {
      await clustered.strike()
    }
  },
  met: ({ acks = 0, acksBeforeTheirSync = 1, postgresAcks = 0, postgresAcksBeforeTheirSync = 1 }) =>
    Math.min(acks, postgresAcks) >= 1_000 && acksBeforeTheirSync + postgresAcksBeforeTheirSync === 0,
}

async function auditSqlite(stage: Stage<SqliteCluster>, partMs: number): Promise<Measured> {
  const { node, folder } = stage.cluster
  const watched = ['-P', node.walPath, '-e', 'trace=write,pwrite64,fdatasync,fsync']
  const strace = await Strace.of([node.pid], join(folder, 'wal.trace'), watched)
  const acks = await ackedWords(stage, partMs)
  const calls = await strace.stop()
  await stage.settled()
  const early = acks.filter((ack) => !isCovered(ack, calls, (call) => call.arguments)).length
  return { acks: acks.length, syncs: syncsOf(calls).length, acksBeforeTheirSync: early }
}

/** Whichever process commits writes the log and syncs it, and for those that wait beside it, too. */
async function auditPostgres(stage: Stage, partMs: number): Promise<Measured> {
  const { postgres, folder } = stage.cluster
  const { pid } = postgres.child
  const watched = ['-s', '262144', '-e', 'trace=pwrite64,pwritev,fdatasync']
  const strace = await Strace.of([pid, ...childrenOf(pid)], join(folder, 'wal.trace'), watched)
  const acks = await ackedWords(stage, partMs)
  const calls = (await strace.stop()).filter((call) => call.arguments.includes('/pg_wal/'))
  await stage.settled()
  const texts = new Map(calls.map((call) => [call, walText(call)]))
  const early = acks.filter((ack) => !isCovered(ack, calls, (call) => texts.get(call) ?? '')).length
  return { postgresAcks: acks.length, postgresSyncs: syncsOf(calls).length, postgresAcksBeforeTheirSync: early }
}

/** Those that it starts later are followed from the start. */
function childrenOf(pid: number): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  )
}

/** Everybody writes one word after the other, each when the one before is saved. When that was told. */
async function ackedWords<Cluster extends StageCluster>(stage: Stage<Cluster>, partMs: number): Promise<Ack[]> {
  const rounds = Math.ceil(partMs / 20 / stage.writers.length)
  const each = stage.writers.map(async (writer) => {
    const acks: Ack[] = []
    for (let i = 0; i < rounds; i += 1) {
      const word = writer.writeLasting(() => stage.random.fraction())
      await writer.saved()
      acks.push({ word, atMs: now() })
    }
    return acks
  })
  return (await Promise.all(each)).flat()
}

function syncsOf(calls: readonly Syscall[]): readonly Syscall[] {
  return calls.filter(({ name, result }) => name === 'fdatasync' && result === 0)
}

/** Whether a sync that began after the word had been written to the file had ended well when its ack came. */
function isCovered({ word, atMs }: Ack, calls: readonly Syscall[], textOf: (call: Syscall) => string): boolean {
  const written = calls.find((call) => textOf(call).includes(word))
  if (written === undefined) return false
  return syncsOf(calls).some(({ startMs, endMs }) => startMs >= written.endMs && endMs <= atMs)
}
