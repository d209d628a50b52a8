import type { Readable } from 'node:stream'
import type { User } from '@tandem/api'
import type { Upload } from '@tandem/store'
import { DocumentId, SyncError } from '@tandem/sync'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LONGEST_BODY_MS } from './body-time.ts'
import type { Log } from './log.ts'
import type { UploadDesk } from './uploads.ts'
import { unknownUpload, UploadError } from './uploads-error.ts'
import { contentDisposition } from './uploads-name.ts'
import type { UploadPlaces } from './uploads-places.ts'
import { tooLarge } from './uploads-receive.ts'

/** A link or role that was taken away is worth nothing after this, also in the browser's own cache. */
const CACHE_S = 60
/** Whatever else is said of a file: it runs nothing and loads nothing. */
const HARMLESS = "sandbox; default-src 'none'"
/** Whoever was refused may go on sending for so long, so as to hear why; then the connection is dropped. */
const LINGER_MS = 10_000

export interface UploadHttpPorts {
  readonly desk: UploadDesk
  readonly places: UploadPlaces
  readonly fileBytes: number
  /** Who asks, when the limits of callers allow it. Throws SyncError 'overloaded'. */
  readonly caller: (request: FastifyRequest, reply: FastifyReply) => Promise<User | undefined>
  readonly log: Log
}

/** `/api/uploads`: bytes in and out. Whether the request comes from our own page was looked at before. */
export function uploadRoutes(scope: FastifyInstance, ports: UploadHttpPorts): void {
  // The body is read by us, piece by piece, whatever it is said to be.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.setErrorHandler((error, request, reply) => {
    dropLater(request)
    if (!(error instanceof UploadError)) throw error // the node's own handler answers it
    if (error.status >= 500)
      ports.log.warn({ err: error.cause, code: error.code }, 'an upload could not be stored or given out')
    return reply.code(error.status).header('content-security-policy', HARMLESS).send(error.body)
  })
  const receiving = { bodyLimit: Number.MAX_SAFE_INTEGER, config: { bodyMs: LONGEST_BODY_MS } }
  scope.post<{ Params: { documentId: string } }>('/api/uploads/:documentId', receiving, (request, reply) =>
    received(request, reply, ports),
  )
  scope.post<{ Params: { documentId: string; uploadId: string } }>(
    '/api/uploads/:documentId/from/:uploadId',
    async (request, reply) => {
      const user = signedIn(await ports.caller(request, reply))
      const { documentId, uploadId } = request.params
      return described(await ports.desk.copy(user, parsed(documentId), uploadId))
    },
  )
  scope.get<{ Params: { uploadId: string }; Querystring: { download?: string } }>(
    '/api/uploads/:uploadId',
    (request, reply) => given(request, reply, ports),
  )
}

type Receiving = FastifyRequest<{ Params: { documentId: string } }>

async function received(request: Receiving, reply: FastifyReply, { desk, places, ...ports }: UploadHttpPorts) {
  const user = signedIn(await ports.caller(request, reply))
  const documentId = parsed(request.params.documentId)
  if (Number(request.headers['content-length'] ?? 0) > ports.fileBytes) throw tooLarge(ports.fileBytes)
  const release = places.hold(user.userId)
  try {
    await desk.mayAdd(user, documentId)
    const { name = '', as } = request.query as { name?: string | string[]; as?: unknown }
    // A request without a body is an empty file.
    const body = (request.body ?? request.raw) as Readable
    return described(await desk.add(user, documentId, { name: String(name), body, asFile: as === 'file' }))
  } finally {
    release()
  }
}

type Giving = FastifyRequest<{ Params: { uploadId: string }; Querystring: { download?: string } }>

async function given(request: Giving, reply: FastifyReply, { desk, caller }: UploadHttpPorts): Promise<FastifyReply> {
  const upload = await desk.find(await caller(request, reply), request.params.uploadId)
  const isPicture = upload.size !== undefined
  const isShown = isPicture && request.query.download === undefined
  const tag = `"${upload.id}"`
  reply.headers({
    'cache-control': `private, max-age=${CACHE_S}`,
    'content-security-policy': HARMLESS,
    'content-disposition': contentDisposition(isShown ? 'inline' : 'attachment', upload.name),
    'x-content-type-options': 'nosniff',
    etag: tag,
  })
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  reply.type(isPicture ? upload.type : 'application/octet-stream').header('content-length', upload.bytes)
  if (request.method === 'HEAD') return reply.send()
  return reply.send(await desk.open(upload))
}

/** What the page puts into the document. */
function described({ id, name, type, bytes, size }: Upload): object {
  return { id, url: `/api/uploads/${id}`, name, type, bytes, picture: size ?? null }
}

function signedIn(user: User | undefined): User {
  if (user === undefined) throw new SyncError('not-signed-in', 'Sign in first, or go on as a guest.')
  return user
}

/** What cannot be a document is answered like one that is not there. */
function parsed(documentId: string): DocumentId {
  const { data } = DocumentId.safeParse(documentId)
  if (data === undefined) throw unknownUpload()
  return data
}

function dropLater({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return
  raw.resume()
  const timer = setTimeout(() => raw.complete || raw.socket.destroy(), LINGER_MS).unref()
  raw.once('close', () => clearTimeout(timer))
}
