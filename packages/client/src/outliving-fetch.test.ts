import { expect, test } from 'vitest'
import { outlivingFetch } from './outliving-fetch.ts'

/** Whether each call may outlive its page, and how each of them ends. */
function browser() {
  const asked: boolean[] = []
  const ends: ((answer: Response | Error) => void)[] = []
  const fetch = outlivingFetch((_, init) => {
    asked.push(init?.keepalive === true)
    return new Promise((resolve, reject) =>
      ends.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
    )
  })
  return { asked, ends, fetch }
}

const post = (body: BodyInit): RequestInit => ({ method: 'POST', body })

test('what changes something outlives its page; what only asks does not', () => {
  const { asked, fetch } = browser()
  void fetch('/trpc/documents.setStar', post('{}'))
  void fetch('/trpc/documents.list')
  void fetch('/trpc/documents.list', { method: 'GET' })
  expect(asked).toEqual([true, false, false])
})

test('only so much at once as a browser takes, counted in bytes: more would be refused', async () => {
  const { asked, ends, fetch } = browser()
  const [first, second] = [fetch('/', post('ü'.repeat(5_000))), fetch('/', post('ü'.repeat(5_000)))]
  void fetch('/', post('ü'.repeat(5_000)))
  void fetch('/', post('x'.repeat(20_000)))
  void fetch('/', post(new Blob(['what it weighs nobody knows'])))
  expect(asked).toEqual([true, true, false, false, false])
  ends[0]?.(new Response())
  await first
  void fetch('/', post('ü'.repeat(5_000)))
  ends[1]?.(new TypeError('Failed to fetch'))
  await expect(second).rejects.toThrow('Failed to fetch')
  void fetch('/', post('ü'.repeat(5_000)))
  expect(asked.slice(5)).toEqual([true, true])
})
