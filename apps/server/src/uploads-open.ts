import { join } from 'node:path'
import type { Store } from '@tandem/store'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import { UploadDesk, type UploadPorts } from './uploads.ts'
import { DiskUploads } from './uploads-disk.ts'
import { ProcessPictures } from './uploads-images.ts'
import { UploadLeftovers } from './uploads-leftovers.ts'
import { UploadPlaces } from './uploads-places.ts'
import { S3Uploads } from './uploads-s3.ts'
import type { UploadStorage } from './uploads-storage.ts'

/** The folder of a node's uploads: all of them, or, with S3, those that are on their way. */
function uploadFolder({ dataDir, uploads }: Pick<Config, 'dataDir' | 'uploads'>): string {
  return uploads.folder ?? join(dataDir, 'uploads')
}

export function uploadStorage(config: Pick<Config, 'dataDir' | 'uploads'>): UploadStorage {
  return config.uploads.s3 === undefined ? new DiskUploads(uploadFolder(config)) : new S3Uploads(config.uploads.s3)
}

interface OpenPorts extends Pick<UploadPorts, 'expensive'> {
  readonly config: Pick<Config, 'dataDir' | 'uploads'>
  readonly store: Pick<Store, 'uploads' | 'access' | 'location'>
  readonly onShed: () => void
  readonly log: Log
}

/** Everything of a node that has to do with uploads. What an earlier life of it left half done is gone when this resolves. */
export async function openUploads({ config, store, expensive, onShed, log }: OpenPorts) {
  const storage = uploadStorage(config)
  const folder = uploadFolder(config)
  const leftovers = await UploadLeftovers.watch({ store, storage, folder, log })
  const { access, uploads: book } = store
  const limits = config.uploads
  const pictures = new ProcessPictures()
  return {
    desk: new UploadDesk({ book, storage, access, pictures, expensive, limits, folder, log }),
    places: new UploadPlaces(onShed),
    fileBytes: limits.fileBytes,
    stop: () => leftovers.stop(),
  }
}
