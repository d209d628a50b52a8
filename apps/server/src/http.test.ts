import { LIMITS } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestCookie, testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${node.url}${path}`, { headers })

describe('health', () => {
  test('alive, ready, and why', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ alive: true })
    const ready = await get('/readyz')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({
      ready: true,
      node: expect.any(String),
      log: 'writable',
      relay: 'well',
      draining: false,
    })
  })

  test('metrics name what DESIGN.md asks for', async () => {
    const text = await (await get('/metrics')).text()
    const names = [
      'sockets',
      'sessions',
      'rooms',
      'pushes_total',
      'deliveries_total',
      'commit_seconds_bucket',
      'relay_lag_seconds_bucket',
      'holes_found_total',
      'event_loop_delay_p99_seconds',
      'buffered_high_water_bytes',
      'in_flight',
      'in_flight_limit',
      'in_flight_peak',
      'in_flight_waiting',
      'shed_total',
      'divergence_total',
    ]
    for (const name of names) expect(text).toMatch(new RegExp(`^tandem_${name}[ {]`, 'm'))
    expect(text).not.toContain('NaN')
  })
})

describe('metrics', () => {
  test('are not for whoever comes through a proxy', async () => {
    const response = await get('/metrics', { 'x-forwarded-for': '203.0.113.7' })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('METRICS_TOKEN')
  })

  test('count what was refused, by bucket', async () => {
    const batch = `/trpc/${Array(LIMITS.batchCalls).fill('me.get').join()}?batch=1&input=%7B%7D`
    for (let calls = 0; calls < 2 * LIMITS.callBurst; calls += LIMITS.batchCalls) await get(batch)
    const text = await (await get('/metrics')).text()
    expect(text).toMatch(/^tandem_calls_refused_total\{bucket="caller",charge="call"\} \d+$/m)
  })
})

describe('the page', () => {
  test('comes with a policy that runs nothing but our own scripts', async () => {
    const policy = (await get('/', { accept: 'text/html' })).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe-eval')
  })

  test('is not what an unknown asset, call or script’s request gets', async () => {
    for (const path of ['/assets/none.js', '/api/none', '/trpc', '/favicon.none'])
      expect((await get(path)).status).toBe(404)
    expect((await get('/assets/none.js', { accept: 'text/html' })).status).toBe(404)
  })
})

describe('bodies', () => {
  let cookie: string
  beforeAll(async () => {
    cookie = await guestCookie(node.url)
  })
  const post = (path: string, body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${node.url}${path}`, { method: 'POST', headers: { cookie, 'content-type': type, 'x-tandem': '1' }, body })

  test('that are too large are answered with the typed error', async () => {
    const response = await post('/trpc/documents.create', JSON.stringify({ title: 'x'.repeat(17 * 1024 * 1024) }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { data: { sync: { code: 'bad-input' } } } })
  })

  test('that are no JSON, or of another type, are too', async () => {
    expect(await (await post('/trpc/documents.create', '{"title":')).json()).toMatchObject({
      error: { data: { sync: { code: 'bad-input' } } },
    })
    expect(await (await post('/trpc/documents.create', '<x/>', 'text/xml')).json()).toMatchObject({
      error: { data: { sync: { code: 'bad-input' } } },
    })
    expect((await post('/trpc/me.rename', 'a=1', 'multipart/form-data; boundary=x')).status).toBe(400)
  })
})
