import { randomBytes } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { User } from '@tandem/api'
import type { Upload, UploadQuota, Uploads } from '@tandem/store'
import { ROLES, SyncError, type Access, type DocumentId, type Role, type UserId } from '@tandem/sync'
import type { Log } from './log.ts'
import type { UploadConfig } from './uploads-config.ts'
import { incomingFolder } from './uploads-disk.ts'
import { asUploadError, unknownUpload, UploadError } from './uploads-error.ts'
import type { ProcessPictures } from './uploads-images.ts'
import { kindOf } from './uploads-kind.ts'
import { cleanName } from './uploads-name.ts'
import { inMegabytes, receive } from './uploads-receive.ts'
import { isUploadId, type UploadStorage } from './uploads-storage.ts'

export interface UploadPorts {
  readonly book: Uploads
  readonly storage: UploadStorage
  readonly access: Access
  readonly pictures: Pick<ProcessPictures, 'writeAnew'>
  /** Runs what is expensive when it is this user's turn. */
  readonly expensive: <Result>(userId: UserId, work: () => Promise<Result>) => Promise<Result>
  readonly limits: UploadConfig
  /** Where files lie until they are whole. */
  readonly folder: string
  readonly log: Log
}

/** A file as it is sent. */
export interface SentFile {
  readonly name: string
  readonly body: Readable
  /** A picture is left as it is, and is then a file like any other. */
  readonly asFile: boolean
}

/**
 * Takes uploads in and gives them out, each to those who may read or write its document at that moment. Whatever fails leaves
 * neither bytes nor a row. All methods throw UploadError and SyncError.
 */
export class UploadDesk {
  readonly #ports: UploadPorts
  #isMissingTold = false

  constructor(ports: UploadPorts) {
    this.#ports = ports
  }

  /** Whether this person may upload into this document. Throws like every other way here when not. */
  async mayAdd({ userId }: User, documentId: DocumentId): Promise<void> {
    await this.#require(documentId, userId, 'editor')
  }

  /** Durable when it resolves. */
  async add(user: User, documentId: DocumentId, { name, body, asFile }: SentFile): Promise<Upload> {
    const id = newId()
    const incoming = await incomingFolder(this.#ports.folder).catch(rethrown)
    const received = join(incoming, `${id}.received`)
    const written = join(incoming, `${id}.written`)
    try {
      const { bytes, hash, head } = await receive(body, received, this.#ports.limits.fileBytes)
      const { type, picture } = await kindOf(head)
      const about = { id, documentId, userId: user.userId, name: cleanName(name) }
      if (picture === undefined || asFile)
        return await this.#keep({ ...about, type, bytes, size: undefined, hash }, received)
      const order = { input: received, output: written, type: picture }
      const anew = await this.#ports.expensive(user.userId, () => this.#ports.pictures.writeAnew(order))
      const size = { width: anew.width, height: anew.height }
      const upload = { ...about, type: anew.type, bytes: (await stat(written)).size, size, hash }
      return await this.#keep(upload, written)
    } catch (error) {
      throw asUploadError(error)
    } finally {
      await rm(received, { force: true })
      await rm(written, { force: true })
    }
  }

  /** The same bytes as an upload of another document, for who may read the one and write the other. In its own document it is itself. */
  async copy(user: User, documentId: DocumentId, uploadId: string): Promise<Upload> {
    await this.mayAdd(user, documentId)
    const original = await this.find(user, uploadId)
    if (original.documentId === documentId) return original
    const upload = { ...original, id: newId(), documentId, userId: user.userId }
    const isThere = await this.#reserved(upload, () => this.#ports.storage.copy(original.id, upload.id))
    if (!isThere) {
      this.#tellMissing()
      throw unknownUpload()
    }
    return upload
  }

  /** What is known of it, to who may read its document now. Everybody else gets what they get for one that never was. */
  async find(user: Pick<User, 'userId'> | undefined, uploadId: string): Promise<Upload> {
    if (user === undefined || !isUploadId(uploadId)) throw unknownUpload()
    const upload = await this.#ports.book.find(uploadId)
    if (upload === undefined || (await this.#roleOf(upload.documentId, user.userId)) === undefined)
      throw unknownUpload()
    return upload
  }

  async open({ id }: Upload): Promise<Readable> {
    const body = await this.#ports.storage.open(id).catch(rethrown)
    if (body !== undefined) return body
    this.#tellMissing()
    throw unknownUpload()
  }

  async #keep(upload: Upload, path: string): Promise<Upload> {
    // It took a while to come: who may not write any more leaves nothing.
    await this.#require(upload.documentId, upload.userId, 'editor')
    await this.#reserved(upload, async () => {
      await this.#ports.storage.put(upload.id, path)
      return true
    })
    return upload
  }

  /** Resolves with what `store` says; after false there is no row either. */
  async #reserved(upload: Upload, store: () => Promise<boolean>): Promise<boolean> {
    const { book, limits, storage } = this.#ports
    try {
      const broken = await book.reserve(upload, limits)
      if (broken !== undefined) throw quotaReached(broken, limits)
    } catch (error) {
      throw asUploadError(error)
    }
    try {
      const isStored = await store()
      await (isStored ? book.finish(upload.id) : book.forget(upload.id))
      return isStored
    } catch (error) {
      // If this fails, too, the row says that the bytes never came, and both are taken away later.
      await storage
        .remove(upload.id)
        .then(
          () => book.forget(upload.id),
          () => undefined,
        )
        .catch((failure: unknown) => this.#ports.log.warn({ err: failure }, 'an upload is cleaned up later'))
      throw asUploadError(error)
    }
  }

  async #require(documentId: DocumentId, userId: UserId, needed: Role): Promise<void> {
    const role = await this.#roleOf(documentId, userId)
    if (role === undefined) throw unknownUpload()
    if (ROLES.indexOf(role) < ROLES.indexOf(needed))
      throw new SyncError('not-allowed', `This needs the role ${needed} in the document; ask its owner for it.`)
  }

  async #roleOf(documentId: DocumentId, userId: UserId): Promise<Role | undefined> {
    return (await this.#ports.access.rolesOf(documentId, [userId]))?.roles.get(userId)
  }

  /** Once: a folder that is not shared would fill the log. */
  #tellMissing(): void {
    if (this.#isMissingTold) return
    this.#isMissingTold = true
    this.#ports.log.error(
      'an upload that is in the database is not in the storage of this node: several nodes need S3 (S3_ENDPOINT) or one shared folder (UPLOADS_DIR)',
    )
  }
}

/** 128 random bits. Hex: a file system may not tell capitals from small letters. */
function newId(): string {
  return randomBytes(16).toString('hex')
}

function rethrown(error: unknown): never {
  throw asUploadError(error)
}

function quotaReached(broken: keyof UploadQuota, limits: UploadConfig): UploadError {
  const words: Record<keyof UploadQuota, string> = {
    userBytes: `Your files take up ${inMegabytes(limits.userBytes)} together, the limit of this server (UPLOAD_USER_BYTES)`,
    userFiles: `You have ${limits.userFiles} files, the limit of this server (UPLOAD_USER_FILES)`,
    documentBytes: `The files of this document take up ${inMegabytes(limits.documentBytes)}, the limit of this server (UPLOAD_DOCUMENT_BYTES)`,
  }
  return new UploadError('quota-reached', `${words[broken]}. Nothing was kept.`)
}
