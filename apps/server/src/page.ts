import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { User } from '@tandem/api'
import type { FirstScreen } from '@tandem/schema/first-screen'
import { DocumentId } from '@tandem/sync'
import type { FirstScreens } from './first-screens.ts'

const PAGE = fileURLToPath(new URL('../../web/dist', import.meta.url))
const A_YEAR_S = 365 * 24 * 3600

export interface PagePorts {
  readonly firstScreens: Pick<FirstScreens, 'of'>
  /** Who asks, when the limits of callers allow it. Rejects with a SyncError when they do not, or it cannot be found out. */
  readonly caller: (request: FastifyRequest, reply: FastifyReply) => Promise<User | undefined>
}

/** The built page: hashed assets for ever, everything that is not a file is the page itself (its router decides). */
export async function page(app: FastifyInstance, ports: PagePorts): Promise<void> {
  const isBuilt = existsSync(`${PAGE}/index.html`)
  if (isBuilt) {
    documentPage(app, await readFile(`${PAGE}/document.html`, 'utf8'), ports)
    await app.register(fastifyStatic, {
      root: PAGE,
      cacheControl: false,
      setHeaders: (response, path) => {
        const isHashed = path.startsWith(`${PAGE}/assets/`)
        response.header('cache-control', isHashed ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = !/^\/(api|trpc|live|assets)\//.test(request.url)
    if (!isPage || !wantsPage(request)) return reply.code(404).type('text/plain').send('There is nothing here.')
    if (isBuilt) return reply.sendFile('index.html')
    return reply.code(503).type('text/plain').send('The page has not been built. `npm start` builds it.')
  })
}

type DocumentRequest = FastifyRequest<{ Params: { documentId: string } }>

/** A document's address: the page with what a document needs named in it, and with what this one begins with, for who may read that. */
function documentPage(app: FastifyInstance, html: string, ports: PagePorts): void {
  const answer = async (request: DocumentRequest, reply: FastifyReply) => {
    if (!wantsPage(request)) return reply.callNotFound()
    const screen = await firstScreenFor(request, reply, ports)
    return reply
      .headers({
        // A browser goes back to what it has stored, whoever is signed in by then.
        'cache-control': screen === undefined ? 'no-cache' : 'no-store',
        'x-robots-tag': 'noindex',
      })
      .type('text/html; charset=utf-8')
      .send(screen === undefined ? html : withFirstScreen(html, screen))
  }
  for (const path of ['/d/:documentId', '/d/:documentId/']) app.get(path, answer)
}

function wantsPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept?.includes('text/html') ?? false)
}

/** Undefined also for who asks too often, or with a login that is none: the page itself finds out, and says so. */
async function firstScreenFor(
  request: DocumentRequest,
  reply: FastifyReply,
  { firstScreens, caller }: PagePorts,
): Promise<FirstScreen | undefined> {
  const { data: documentId } = DocumentId.safeParse(request.params.documentId)
  if (documentId === undefined) return undefined
  const asks = caller(request, reply).then((user) => user?.userId)
  const found = await firstScreens.of(documentId, asks)
  return found && { documentId, userId: found.userId ?? null, blocks: found.blocks }
}

/** As data, which runs nothing and ends nowhere but where we end it. */
function withFirstScreen(html: string, screen: FirstScreen): string {
  const data = JSON.stringify(screen).replaceAll('<', String.raw`\u003c`)
  const [before, ...after] = html.split('</head>')
  return [before, `<script type="application/json" id="first-screen">${data}</script></head>`, ...after].join('')
}
