import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROTOCOL_VERSION } from '@tandem/sync'
import { must, withinMs, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
import type { Scene } from './scene.ts'
import { SCHEMA_VERSION } from './target.ts'
import { freePort } from '../../scripts/parts/ports.ts'
import { startTandemNode } from '../../scripts/parts/tandem-node.ts'

/** A document that is not one's own, or no longer. */
export const A52: Attack = {
  id: 'A52',
  attack:
    'join a guessed, a private, a just revoked, a deleted document; push into and read of one; another document inside an open subscription; live events all the while',
  passes: 'refused; lists and live events tell nothing of it',
  async run(scene) {
    const { target, documentId } = scene
    const stay = await scene.attacker()
    await stay.caller.ask('query', 'documents.get', { documentId }) // it is in their list, so they hear of it
    const stranger = await scene.caller(await target.guest())
    for (const caller of [stay.caller, stranger])
      caller.send({ id: LISTENING, method: 'subscription', params: { path: 'documents.changes' } })
    await withinMs(
      5_000,
      'live events begin',
      until(() => eventsOf(stay.caller).includes('resync')),
    )
    await scene.rename('Renamed while shared')
    const told = (): boolean => eventsOf(stay.caller).includes('Renamed while shared')
    await withinMs(5_000, 'an event arrives at all', until(told))

    await scene.share(null)
    const isShut = (): boolean => stay.caller.heard.some(({ error }) => error?.data?.sync?.code === 'not-allowed')
    await withinMs(5_000, 'an open session hears that it has no access any more', until(isShut))
    await scene.rename('Secret from now on')
    const switched = await switchInside(scene)
    must((await stranger.join(documentId)) === 'not-allowed', 'a private document was joined')
    for (const id of ['no-such-document-1', 'AAAAAAAAAAAAAAAAAAAAAA'])
      must((await stranger.join(id)) === 'unknown-document', 'a guessed document was joined')
    for (const caller of [stay.caller, stranger]) {
      const { refused } = await caller.ask('query', 'documents.get', { documentId })
      must(refused === 'not-allowed', `its title was read: ${refused}`)
    }
    must((await stay.caller.push(stay.at, Uint8Array.of(0, 0))) === 'not-allowed', 'it was written into')
    for (const { heard } of [stay.caller, stranger])
      must(!JSON.stringify(heard).includes('Secret from now on'), 'a live event, a list or an error told its title')
    const { data } = await stranger.ask('query', 'documents.list')
    must(Array.isArray(data) && data.length === 0, 'it is in a list')
    const after = await stay.caller.ask('query', 'documents.list')
    must(!JSON.stringify(after.data).includes(documentId), 'it is in the list of who may not read it any more')

    const mine = await stranger.ask('mutation', 'documents.create', { title: 'Soon gone' })
    const own = (mine.data as { documentId: string }).documentId
    await stranger.ask('mutation', 'documents.delete', { documentId: own })
    const gone = await stranger.join(own)
    must(gone === 'unknown-document' || gone === 'document-deleted', `a deleted document: ${JSON.stringify(gone)}`)
    await scene.share('editor')
    scene.nothingHappened()
    return { refused: 9 + switched }
  },
}

const LISTENING = 777_777
const SWITCHING = 888_888

/** The live events that a caller was told, as text. */
function eventsOf({ heard }: Caller): string {
  return JSON.stringify(heard.filter(({ id, result }) => id === LISTENING && result?.type === 'data'))
}

/** From a document of one's own, and inside of its open subscription, to the victim's. Resolves with how many ways were shut. */
async function switchInside({ target, documentId }: Scene): Promise<number> {
  const caller = await Caller.open(target, await target.guest())
  const mine = await caller.ask('mutation', 'documents.create', { title: 'Mine' })
  const own = (mine.data as { documentId: string }).documentId
  const subscribe = (to: string): void => {
    const input = {
      documentId: to,
      replicaId: caller.replicaId,
      protocolVersion: PROTOCOL_VERSION,
      schemaVersion: SCHEMA_VERSION,
    }
    caller.send({ id: SWITCHING, method: 'subscription', params: { path: 'document.join', input } })
  }
  const replies = (): string[] =>
    caller.heard.filter(({ id }) => id === SWITCHING).map((reply) => JSON.stringify(reply))
  const welcomes = (): number => replies().filter((reply) => reply.includes('"welcome"')).length
  subscribe(own)
  await withinMs(
    5_000,
    'one’s own document is joined',
    until(() => welcomes() === 1),
  )
  subscribe(documentId)
  await withinMs(
    5_000,
    'a second document under one id is refused',
    until(() => replies().some((reply) => reply.includes('"error"'))),
  )
  must(welcomes() === 1, 'a subscription went over to another document')
  const sessionId = /"sessionId":"([^"]+)"/.exec(replies().join())?.[1]
  const moved = await caller.ask('mutation', 'document.presence', { documentId, sessionId, caret: null })
  must(moved.refused === 'not-joined', `a caret was set in another document: ${moved.refused}`)
  const epoch = /"epoch":"([^"]+)"/.exec(replies().join())?.[1] ?? ''
  const pushed = await caller.push({ documentId, epoch }, Uint8Array.of(0, 0))
  must(pushed === 'not-allowed' || pushed === 'other-epoch', `another document was written into: ${pushed}`)
  caller.close()
  return 3
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Another site makes the browser send what its person never meant. */
export const A54: Attack = {
  id: 'A54',
  attack: 'forms, multipart, text/plain, GET, method override and sign-in from another site, with the cookie',
  passes:
    '400, 403, 405, 412 or 415 each, nothing made; cookie HttpOnly and SameSite=Lax, over https __Host- and Secure, too',
  async run({ target }) {
    const { cookie } = await target.guest()
    const json = { 'content-type': 'application/json', 'x-tandem': '1' }
    const tries: { headers: Record<string, string>; method?: string; path?: string }[] = [
      { headers: { ...json, origin: 'https://evil.example' } },
      { headers: { ...json, origin: 'null' } },
      { headers: { ...json, 'sec-fetch-site': 'cross-site' } },
      { headers: { ...json, 'sec-fetch-site': 'same-site' } },
      { headers: { 'content-type': 'application/json', origin: target.url } },
      { headers: { 'content-type': 'text/plain' } },
      { headers: { 'content-type': 'text/plain', 'x-tandem': '1', origin: target.url } },
      { headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' } },
      { headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-tandem': '1', origin: target.url } },
      { headers: {}, method: 'GET', path: '/trpc/documents.create?input=%7B%22title%22%3A%22x%22%7D' },
      {
        headers: { 'x-http-method-override': 'POST' },
        method: 'GET',
        path: '/trpc/documents.create?_method=POST&input=%7B%7D',
      },
      { headers: { ...json, origin: 'https://evil.example' }, path: '/api/auth/sign-in/email' },
      { headers: { ...json, origin: 'https://evil.example' }, path: '/api/auth/sign-out' },
      { headers: { 'content-type': 'application/json', origin: target.url }, path: '/api/auth/sign-in/anonymous' },
    ]
    for (const [index, { headers, method = 'POST', path = '/trpc/documents.create' }] of tries.entries()) {
      const body = method === 'GET' ? {} : { body: '{"title":"forged"}' }
      const { status } = await fetch(target.url + path, { method, headers: { cookie, ...headers }, ...body })
      must([400, 403, 405, 412, 415].includes(status), `try ${index + 1} (${path}) was answered ${status}`)
    }
    const forged = target.sql("select count(*) as n from document where title = 'forged'")[0]?.['n']
    must(forged === 0, `${String(forged)} documents were forged`)
    const signIn = await fetch(`${target.url}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers: { ...json, origin: target.url },
      body: '{}',
    })
    must(
      /HttpOnly/i.test(signIn.headers.getSetCookie()[0] ?? '') &&
        /SameSite=Lax/i.test(signIn.headers.getSetCookie()[0] ?? ''),
      'the cookie is open',
    )
    await overHttps()
    return { refused: tries.length }
  },
}

/** A node whose people come over https, as behind a proxy that ends it: what it calls its cookie, and that it knows it again. */
async function overHttps(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-https-'))
  const origin = 'https://tandem.example'
  const settings = { PORT: `${await freePort()}`, PUBLIC_URL: origin, SECRET_KEY: randomBytes(24).toString('hex') }
  const node = await startTandemNode('over https', { ...settings, DATA_DIR: folder }, join(folder, 'node.log'))
  try {
    const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin }
    const signIn = await fetch(`${node.url}/api/auth/sign-in/anonymous`, { method: 'POST', headers, body: '{}' })
    const cookies = signIn.headers.getSetCookie()
    must(cookies.length > 0, `no cookie came with ${signIn.status}`)
    for (const cookie of cookies) {
      const [named = '', ...attributes] = cookie.split('; ').map((part) => part.toLowerCase())
      const all = ['path=/', 'httponly', 'secure', 'samesite=lax'].every((each) => attributes.includes(each))
      must(named.startsWith('__host-'), 'a cookie is not named __Host-')
      must(all && !attributes.some((each) => each.startsWith('domain')), `a cookie has ${attributes.join(', ')}`)
    }
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ')
    const { status } = await fetch(`${node.url}/trpc/me.get`, { headers: { cookie } })
    must(status === 200, `whoever has the cookie was answered ${status}`)
  } finally {
    await node.child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What tells browsers to keep others out. */
export const A59: Attack = {
  id: 'A59',
  attack: 'look for an answer without its security headers, on every route',
  passes: 'CSP without unsafe-inline or unsafe-eval for scripts, nosniff, no-referrer, no framing, everywhere',
  async run({ target }) {
    const routes = [
      '/',
      '/d/some-document',
      '/sw.js',
      '/manifest.webmanifest',
      '/nothing.js',
      '/assets/none.js',
      '/trpc/me.get',
      '/trpc/none',
      '/api/auth/get-session',
      '/api/none',
      '/healthz',
      '/readyz',
      '/metrics',
      '/live',
    ]
    for (const route of routes) {
      const { headers } = await fetch(target.url + route, { headers: { accept: 'text/html' } })
      const csp = headers.get('content-security-policy') ?? ''
      const script = /script-src ([^;]*)/.exec(csp)?.[1]
      must(script === "'self'", `${route}: script-src ${script}`)
      for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self'"])
        must(csp.includes(part), `${route}: no ${part}`)
      must(headers.get('x-content-type-options') === 'nosniff', `${route}: no nosniff`)
      must(headers.get('referrer-policy') === 'no-referrer', `${route}: no referrer policy`)
    }
    return { routes: routes.length }
  },
}

/** What must stay between a person and the node. */
export const A61: Attack = {
  id: 'A61',
  attack: 'a canary as password, token, cookie, document text and title; then a look into the log (level debug)',
  passes: '0 hits',
  missing: 'only the node’s own log of this run, not crash dumps or the other suites',
  async run(scene) {
    const { target } = scene
    const canary = 'canary-8c1f'
    const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: target.url }
    const account = JSON.stringify({ email: 'canary@example.org', password: `${canary}-password`, name: 'Ann' })
    await fetch(`${target.url}/api/auth/sign-up/email`, { method: 'POST', headers, body: account })
    await fetch(`${target.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers,
      body: account.replace('-password', '-wrong'),
    })
    await fetch(`${target.url}/trpc/documents.list`, { headers: { authorization: `Bearer tandem_${canary}` } })
    await fetch(`${target.url}/trpc/documents.list`, { headers: { cookie: `tandem.session_token=${canary}` } })
    await fetch(`${target.url}/trpc/documents.create`, { method: 'POST', headers, body: `{"title":"${canary}` })
    const stranger = await scene.caller()
    stranger.send({ method: 'connectionParams', data: { token: `tandem_${canary}` } })
    await stranger.closed
    const { caller, at } = await scene.attacker()
    await caller.push(at, Buffer.from(canary))
    await caller.ask('mutation', 'documents.create', { title: canary, [canary]: canary })
    scene.write(canary)
    await scene.edit()
    const hits = target.log.split(canary).length - 1
    must(hits === 0, `the log has it ${hits} times`)
    const plain = target.sql("select count(*) as n from account where password like '%' || ? || '%'", canary)[0]?.['n']
    must(plain === 0, 'a password is stored as it is')
    return { hits }
  },
}
