import fastifyHelmet from '@fastify/helmet'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { appRouter, type Context, type User } from '@tandem/api'
import { LIMITS, SyncError, type Gate } from '@tandem/sync'
import { CallerAllowance, type CallerBuckets } from './allowance.ts'
import { ADDRESS_HEADER, type Auth } from './auth.ts'
import { boundBodyTime, LONGEST_BODY_MS } from './body-time.ts'
import type { Config } from './config.ts'
import { errorBody } from './error-body.ts'
import type { LargeBodies } from './large-bodies.ts'
import { logFailedCall, type Log } from './log.ts'
import type { SocketLogin } from './live-socket.ts'
import type { Metrics } from './metrics.ts'
import { addressGroup, clientAddress, isOwnRequest } from './origins.ts'
import { page, type PagePorts } from './page.ts'
import { scraperRefusal } from './scrapers.ts'
import type { SharedRates } from './shared-rates.ts'
import { uploadRoutes, type UploadHttpPorts } from './uploads-http.ts'

/** A file to import as base64 fits, and so does a title of 10 MB: its caller is told which limit it broke. */
export const BODY_BYTES = 16 * 1024 * 1024

export interface HttpPorts {
  readonly config: Pick<Config, 'publicUrl' | 'trustedProxies' | 'metricsToken'>
  readonly base: Omit<Context, 'user' | 'loginId' | 'gate' | 'lane' | 'allowance'>
  readonly auth: Auth
  readonly callers: CallerBuckets
  readonly shared: SharedRates
  readonly onRefused: ConstructorParameters<typeof CallerAllowance>[0]['onRefused']
  readonly onRefusal: Metrics['refusal']
  readonly largeBodies: LargeBodies
  readonly uploads: Pick<UploadHttpPorts, 'desk' | 'places' | 'fileBytes'>
  readonly firstScreens: PagePorts['firstScreens']
  /** Whether this node can do its work, and why not. */
  readonly readiness: () => Promise<{ ready: boolean; [part: string]: unknown }>
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  readonly log: Log
}

/** Everything a node answers over HTTP: the page, the typed router, accounts, health and metrics. */
export async function createHttp(ports: HttpPorts): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: 64 * 1024,
    requestTimeout: LONGEST_BODY_MS, // of each route by itself: boundBodyTime
    forceCloseConnections: true,
    // A batch of calls is one path.
    routerOptions: { maxParamLength: 4096 },
    // Whoever sends headers slowly is gone within 10 s: this, a look, and a second for 2,000 connections that came at once.
    http: { headersTimeout: 6_000, connectionsCheckingInterval: 2_000, maxHeaderSize: 16 * 1024 },
  })
  await app.register(fastifyHelmet, helmetOptions(ports.config.publicUrl))
  app.addHook('onRequest', async (request) => boundBodyTime(request))
  app.addHook('onRequest', async (request) => refuseForeign(request, ports.config.publicUrl))
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) =>
    answerError(error, request, reply, ports.log),
  )
  health(app, ports)
  await app.register((scope) => trpc(scope, ports))
  await app.register((scope) => accounts(scope, ports))
  await app.register((scope) => uploads(scope, ports))
  await page(app, { firstScreens: ports.firstScreens, caller: callerIn(ports) })
  return app
}

/** [CSRF] Whatever changes something must come from our own page, which says so by a header that no form can send. */
function refuseForeign({ method, headers }: FastifyRequest, publicUrl: string | undefined): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  if (!isOwnRequest(headers, publicUrl)) throw new SyncError('not-allowed', 'This request comes from another site.')
  const isScript = headers.authorization !== undefined && headers.cookie === undefined
  if (!isScript && headers['x-tandem'] === undefined)
    throw new SyncError('not-allowed', 'Send the header x-tandem: 1 with this request.')
}

function answerError(
  error: Error & { statusCode?: number },
  { url }: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { status, body } = errorBody(error)
  if (status >= 500) log.error({ err: error, url: url.split('?')[0] }, 'a request failed')
  return reply.code(status).send(body)
}

function health(app: FastifyInstance, { readiness, metrics, config }: HttpPorts): void {
  app.get('/healthz', () => ({ alive: true }))
  app.get('/readyz', async (_, reply) => {
    const answer = await readiness()
    return reply.code(answer.ready ? 200 : 503).send(answer)
  })
  app.get('/metrics', async ({ raw }, reply) => {
    const refusal = scraperRefusal(raw, config.metricsToken)
    if (refusal === undefined) return reply.type(metrics.contentType).send(await metrics.text())
    const way =
      refusal === 401 ? 'Send METRICS_TOKEN as a bearer token.' : 'Ask from a private network, or set METRICS_TOKEN.'
    return reply.code(refusal).type('text/plain').send(way)
  })
}

/** tRPC and better-auth read the body themselves. */
function keepJsonAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
}

function trpc(scope: FastifyInstance, ports: HttpPorts): void {
  const { base, config } = ports
  keepJsonAsText(scope)
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('connection', 'close') // if it is refused, its body is not read to the end
    reply.raw.once('close', ports.largeBodies.hold(request.raw, addressGroup(addressOf(request, config))))
    reply.removeHeader('connection')
  })
  scope.all<{ Params: { path: string } }>('/trpc/:path', { bodyLimit: BODY_BYTES }, async (req, res) => {
    await fastifyRequestHandler({
      router: appRouter,
      req,
      res,
      path: req.params.path,
      maxBatchSize: LIMITS.batchCalls,
      createContext: async (): Promise<Context> => {
        const { login, allowance } = await callerOf(req, res, ports)
        const who = { user: login?.user, loginId: login?.loginId }
        return { ...base, ...who, gate: replyGate(res), lane: undefined, allowance }
      },
      onError: ({ error, path }) => logFailedCall(ports, error, path),
    })
  })
}

function uploads(scope: FastifyInstance, ports: HttpPorts): void {
  uploadRoutes(scope, { ...ports.uploads, caller: callerIn(ports), log: ports.log })
}

/** Who asks, for what counts as a call. */
function callerIn(ports: HttpPorts): UploadHttpPorts['caller'] {
  return async (request, reply) => {
    const { login, allowance } = await callerOf(request, reply, ports)
    await allowance.take('call')
    return login?.user
  }
}

/** Who asks, and what they may ask. Throws SyncError 'overloaded'. */
async function callerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  ports: HttpPorts,
): Promise<{ login: SocketLogin | undefined; allowance: CallerAllowance }> {
  const address = addressGroup(addressOf(request, ports.config))
  // Before the database is asked who it is: a flood of cookies costs no queries.
  if (ports.shared.isDry('ip', 'call', address)) throw tooMany(ports)
  const login = await loginOf(request, reply, ports.auth)
  return { login, allowance: callerAllowance(ports, address, login?.user) }
}

/** Whose request it is: a script's by its token, a browser's by its cookie, which is prolonged on the way. */
async function loginOf(request: FastifyRequest, reply: FastifyReply, auth: Auth): Promise<SocketLogin | undefined> {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) {
    const login = await auth.bearer(authorization.replace(/^Bearer /i, ''))
    if (login === undefined)
      throw new SyncError('not-signed-in', 'This token is not known here. `pnpm tandem token` makes a new one.')
    return login
  }
  if (cookie === undefined) return undefined
  const login = await auth.login(new Headers({ cookie }))
  if (login !== undefined && login.setCookies.length > 0) reply.header('set-cookie', login.setCookies)
  return login
}

function callerAllowance(
  { callers, shared, onRefused }: HttpPorts,
  address: string,
  user: User | undefined,
): CallerAllowance {
  const own = callers.of(user?.userId ?? address)
  return new CallerAllowance({ own, shared, address, userId: user?.userId, onRefused })
}

function tooMany({ shared, onRefused }: HttpPorts): SyncError {
  onRefused('ip', 'call')
  const perSecond = shared.perSecond('ip', 'call')
  return new SyncError(
    'overloaded',
    `Too many at once from one address; the limit on all nodes is ${perSecond} calls a second.`,
  )
}

function addressOf({ raw, headers }: FastifyRequest, { trustedProxies }: HttpPorts['config']): string {
  return clientAddress(raw.socket.remoteAddress, headers['x-forwarded-for'], trustedProxies)
}

/** For subscriptions over plain HTTP (server-sent events): holds back while the response is not being read. */
function replyGate({ raw }: FastifyReply): Gate {
  return {
    async writable(signal) {
      if (raw.writableLength < LIMITS.socketMarkBytes || raw.destroyed || signal.aborted) return
      await new Promise<void>((resolve) => {
        const go = (): void => {
          raw.off('drain', go).off('close', go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        raw.once('drain', go).once('close', go)
        signal.addEventListener('abort', go, { once: true })
      })
    },
  }
}

function accounts(scope: FastifyInstance, { auth, config }: HttpPorts): void {
  keepJsonAsText(scope)
  scope.all('/api/auth/*', async (request, reply) => {
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as [string, string]],
      ),
    )
    headers.set(ADDRESS_HEADER, addressOf(request, config))
    const body = typeof request.body === 'string' ? request.body : undefined
    const url = new URL(request.url, config.publicUrl ?? `http://${request.headers.host ?? 'localhost'}`)
    return reply.send(
      await auth.handle(new Request(url, { method: request.method, headers, ...(body === undefined ? {} : { body }) })),
    )
  })
}

function helmetOptions(publicUrl: string | undefined): Parameters<typeof fastifyHelmet>[1] & object {
  const isHttps = publicUrl?.startsWith('https:') ?? false
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        // The editor writes carets' colours and column widths as attributes.
        'style-src-attr': ["'unsafe-inline'"],
        'font-src': ["'self'"],
        // Documents show images from anywhere, by URL.
        'img-src': ["'self'", 'data:', 'blob:', 'https:', 'http:'],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: isHttps,
    // Browsers ignore these two, with a warning, on plain http.
    crossOriginOpenerPolicy: isHttps,
    originAgentCluster: isHttps,
  }
}
