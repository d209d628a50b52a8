import { afterAll, beforeAll, expect, test } from 'vitest'
import { guestCookie, testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

test('a new visitor becomes a guest with a friendly name, by a cookie that no script can read', async () => {
  const response = await fetch(`${node.url}/api/auth/sign-in/anonymous`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tandem': '1', origin: node.url },
    body: '{}',
  })
  const setCookie = response.headers.getSetCookie()[0] ?? ''
  expect(setCookie).toMatch(/^tandem\.session_token=.+; HttpOnly; SameSite=Lax$/)
  const me = await node.visitorWith(setCookie.split(';')[0] ?? '').http.me.get.query()
  expect(me).toMatchObject({ isGuest: true, name: expect.stringMatching(/^[A-Z][a-z]+ [A-Z][a-z]+$/) })
})

test('a tab that signs in as a guest after another has, is told so and stays who it is', async () => {
  const cookie = await guestCookie(node.url)
  const me = await node.visitorWith(cookie).http.me.get.query()
  expect(await guestCookie(node.url, cookie)).toBe('')
  expect(await node.visitorWith(cookie).http.me.get.query()).toEqual(me)
})

test('a person is called what they say, on every tab at once; a name is checked', async () => {
  const ann = await node.visitor()
  const otherTab = node.visitorWith(ann.cookie)
  await otherTab.live.me.get.query()
  await ann.http.me.rename.mutate({ name: ' Ann ' })
  expect(await otherTab.live.me.get.query()).toMatchObject({ name: 'Ann' })
  await expect(ann.http.me.rename.mutate({ name: 'x'.repeat(65) })).rejects.toMatchObject({
    data: { sync: { code: 'bad-input' } },
  })
})

test('a cookie that was tampered with is nobody’s', async () => {
  const cookie = await guestCookie(node.url)
  expect(await node.visitorWith(`${cookie.slice(0, -4)}AAA%3D`).http.me.get.query()).toBeNull()
})

test('names cannot be changed past the check', async () => {
  const cookie = await guestCookie(node.url)
  const response = await fetch(`${node.url}/api/auth/update-user`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'x-tandem': '1', origin: node.url },
    body: '{"name":"x"}',
  })
  expect(response.status).toBe(404)
})

test('a token that is not known is refused by its name, not taken for nobody', async () => {
  const response = await fetch(`${node.url}/trpc/me.get`, { headers: { authorization: 'Bearer tandem_forged' } })
  expect(response.status).toBe(401)
})
