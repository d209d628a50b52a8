import { execFileSync } from 'node:child_process'
import { closeSync, cpSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { breaches } from '../checker.ts'
import type { SqliteRow } from '../row.ts'
import type { SqliteCluster } from '../sqlite-stage.ts'
import type { Stage } from '../stage.ts'
import { Strace } from '../syscalls.ts'

type SqliteStage = Stage<SqliteCluster>

export const F8: SqliteRow = {
  id: 'F8',
  on: 'SQLite',
  injection:
    '`kill -9` while every sync is held back, then the -wal file is cut, or overwritten with noise, from a random byte after what was synced',
  promised: 'it opens; every row acked after its sync is there',
  passes: 'nothing acked while syncs are held back; 0 breaches in 20 of 20',
  async run(stage, partMs) {
    const rounds = Math.ceil(partMs / 1_000)
    let [acked, lostBytes] = [0, 0]
    for (let round = 0; round < rounds; round += 1) {
      const lost = await loseUnsynced(stage, { asNoise: round % 2 === 1 })
      acked += lost.acked
      lostBytes += lost.bytes
      await stage.settled()
      const wrong = breaches(await stage.verdict())
      if (wrong.length > 0) throw new Error(`Round ${round + 1} of ${rounds}: ${wrong.join('; ')}`)
    }
    return { rounds, ackedWithoutSync: acked, lostBytes }
  },
  met: ({ rounds = 0, ackedWithoutSync = 1, lostBytes = 0 }) => rounds >= 20 && ackedWithoutSync === 0 && lostBytes > 0,
}

/** Much longer than a round writes, and no longer: a killed process is gone only when strace lets its threads go. */
const HELD_S = 6

/** What a power cut does: of what the disk was given and did not confirm, some is there, the rest is missing or anything. */
async function loseUnsynced(
  stage: SqliteStage,
  { asNoise }: { asNoise: boolean },
): Promise<{ acked: number; bytes: number }> {
  const { node, folder } = stage.cluster
  stage.write()
  await stage.wait(300)
  await stage.settled()
  const synced = endOfFrames(node.walPath)
  // SQLite's own too, of checkpoints: one that went on would move into the database file what is cut from the -wal file below.
  await Strace.of([node.pid], join(folder, 'held.trace'), [
    '-e',
    'trace=fdatasync,fsync',
    '-e',
    `inject=fdatasync,fsync:delay_enter=${HELD_S}s`,
  ])
  stage.write()
  await stage.wait(400 + stage.random.fraction() * 200)
  stage.stopWriting()
  const acked = stage.writers.filter(({ saving }) => saving === 'saved').length
  await node.kill()
  // The file is longer than what was written into it; a new round of it begins at its start, once what it held is in the database file.
  const end = endOfFrames(node.walPath)
  const from = end > synced ? synced : WAL_HEADER_BYTES
  const unsynced = end - from
  const kept = stage.random.int(unsynced)
  if (asNoise) overwrite(node.walPath, from + kept, noise(stage, unsynced - kept))
  else truncateSync(node.walPath, from + kept)
  await node.start()
  return { acked, bytes: unsynced - kept }
}

function noise({ random }: SqliteStage, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, () => random.int(256))
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, bytes, 0, bytes.byteLength, at)
  } finally {
    closeSync(file)
  }
}

const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Where the frames of the -wal file's present round end: those that bear the salt of its header. */
function endOfFrames(path: string): number {
  const file = readFileSync(path)
  if (file.byteLength < WAL_HEADER_BYTES) return file.byteLength
  if (file.readUInt32BE(0) === 0) return WAL_HEADER_BYTES // room, and nothing in it yet
  const salt = file.subarray(16, 24)
  const frameBytes = FRAME_HEADER_BYTES + file.readUInt32BE(8)
  let end = WAL_HEADER_BYTES
  while (end + frameBytes <= file.byteLength && file.subarray(end + 8, end + 16).equals(salt)) end += frameBytes
  return end
}

export const F21: SqliteRow = {
  id: 'F21',
  on: 'SQLite',
  injection: 'the disk of the embedded database and of uploads (a tmpfs) is filled to its last byte, then freed',
  promised: 'no ack, health red, back by itself',
  passes:
    '0 acks and 0 uploads taken while full; everything acked <= 10 s after it is freed, and a file taken, without a restart',
  async run(stage, partMs) {
    const { node } = stage.cluster
    const token = await stage.cluster.token('uploader')
    const disk = await onSmallDisk(stage)
    try {
      stage.write()
      await stage.wait(partMs / 2)
      disk.fill()
      await stage.until('everybody is told that it is not saved', () =>
        stage.writers.every(({ saving }) => saving === 'unsaved'),
      )
      const before = ackCount(stage)
      await stage.wait(partMs)
      const acksWhileFull = ackCount(stage) - before
      const uploadsWhileFull = (await uploadStatus(stage, token)) === 200 ? 1 : 0
      const saidReady = (await node.isReady()) ? 1 : 0
      const { pid } = node
      disk.free()
      const ackedMs = await stage.until('somebody is saved again', () => ackCount(stage) > before)
      const allMs = await stage.settled()
      await stage.until('it says that it is ready', () => node.isReady())
      const uploadAfter = await uploadStatus(stage, token)
      const restarts = node.pid === pid ? 0 : 1
      return { acksWhileFull, saidReady, uploadsWhileFull, ackedMs, allMs, uploadAfter, restarts }
    } finally {
      await disk.remove()
    }
  },
  met: ({
    acksWhileFull,
    saidReady,
    uploadsWhileFull,
    ackedMs = Infinity,
    allMs = Infinity,
    uploadAfter,
    restarts,
  }) => {
    const isNothingTaken = acksWhileFull === 0 && saidReady === 0 && uploadsWhileFull === 0
    return isNothingTaken && ackedMs + allMs <= 10_000 && uploadAfter === 200 && restarts === 0
  },
}

/** Of one file for the document; 0: there was no answer. */
async function uploadStatus({ cluster: { node }, documentId }: SqliteStage, token: string): Promise<number> {
  try {
    const { status } = await fetch(`${node.url}/api/uploads/${documentId}?name=plan.txt`, {
      method: 'POST',
      headers: { 'x-tandem': '1', authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: 'x'.repeat(100_000),
    })
    return status
  } catch {
    return 0
  }
}

function ackCount({ writers }: SqliteStage): number {
  return writers.reduce((sum, { savedTyped }) => sum + savedTyped.size, 0)
}

const DISK_BYTES = 24 * 1024 * 1024

/** Moves the node's data folder to a disk of its own, which can be filled; `remove` moves it back. Needs root. */
async function onSmallDisk({ cluster: { node, folder } }: SqliteStage): Promise<{
  fill(): void
  free(): void
  remove(): Promise<void>
}> {
  const aside = join(folder, 'data-aside')
  const ballast = join(node.dataDir, 'ballast')
  const move = (from: string, to: string): void => cpSync(from, to, { recursive: true })
  await node.kill()
  move(node.dataDir, aside)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', node.dataDir])
  move(aside, node.dataDir)
  await node.start()
  return {
    fill: () => fillDisk(ballast),
    free: () => rmSync(ballast),
    remove: async () => {
      await node.kill()
      rmSync(ballast, { force: true })
      rmSync(aside, { recursive: true })
      move(node.dataDir, aside)
      execFileSync('umount', [node.dataDir])
      rmSync(node.dataDir, { recursive: true })
      move(aside, node.dataDir)
      await node.start()
    },
  }
}

/** Writes until not one more byte fits. */
function fillDisk(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let bytes = 1024 * 1024; bytes >= 1;) {
      try {
        writeSync(file, Buffer.alloc(bytes))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        bytes = Math.floor(bytes / 2)
      }
    }
  } finally {
    closeSync(file)
  }
}
