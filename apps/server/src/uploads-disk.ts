import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { isUploadId, type UploadStorage } from './uploads-storage.ts'

/** Uploads in a folder, 256 folders in it. Readable by its owner alone. */
export class DiskUploads implements UploadStorage {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(id: string, path: string): Promise<void> {
    const place = await this.#place(id)
    await rename(path, place)
    await syncFolder(join(place, '..'))
  }

  async open(id: string): Promise<Readable | undefined> {
    const file = await open(this.#pathOf(id), 'r').catch(unlessMissing)
    return file?.createReadStream()
  }

  async copy(from: string, to: string): Promise<boolean> {
    const place = await this.#place(to)
    const copying = join(await incomingFolder(this.#folder), to)
    try {
      // Without a second copy of the bytes, where the file system can.
      await copyFile(this.#pathOf(from), copying, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      await synced(copying, 'r+')
      await rename(copying, place)
    } catch (error) {
      await rm(copying, { force: true })
      unlessMissing(error)
      return false
    }
    await syncFolder(join(place, '..'))
    return true
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true })
  }

  async #place(id: string): Promise<string> {
    const path = this.#pathOf(id)
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    return path
  }

  #pathOf(id: string): string {
    if (!isUploadId(id)) throw new Error('That is not the id of an upload.')
    return join(this.#folder, id.slice(0, 2), id)
  }
}

/** The folder in which uploads lie until they are whole, made when it is needed. */
export async function incomingFolder(folder: string): Promise<string> {
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  return incoming
}

/** Removes what lies in the incoming folder and was not written to for so long. Resolves with how many. */
export async function removeIncoming(folder: string, olderThanMs: number): Promise<number> {
  const incoming = join(folder, 'incoming')
  const names = (await readdir(incoming).catch(unlessMissing)) ?? []
  let removed = 0
  for (const name of names) {
    const path = join(incoming, name)
    const found = await stat(path).catch(unlessMissing)
    if (found === undefined || Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { force: true })
    removed += 1
  }
  return removed
}

/** A rename survives a power cut once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  await synced(folder, 'r')
}

async function synced(path: string, how: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, how)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
