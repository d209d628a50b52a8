/**
 * Many people who import a file at once, in a process of their own and behind everything else on this machine: what that
 * costs them is not the node's, nor the victim's. They would be on other machines.
 */
import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'
import { largeMarkdown } from '../../support/large-markdown.ts'
import type { Guest } from '../target.ts'

export interface ImportOrder {
  readonly url: string
  readonly guests: readonly Guest[]
  readonly imports: number
  readonly bytes: number
}

/** 'done', 'overloaded', or what else came of it. */
export type ImportOutcome = string

async function importAs({ url }: ImportOrder, guest: Guest | undefined, body: string): Promise<ImportOutcome> {
  const headers = {
    'content-type': 'application/json',
    'x-tandem': '1',
    'x-forwarded-for': guest?.address ?? '',
    cookie: guest?.cookie ?? '',
    origin: url,
  }
  try {
    const response = await fetch(`${url}/trpc/documents.import`, { method: 'POST', headers, body })
    const text = await response.text()
    return response.ok ? 'done' : response.status === 429 ? 'overloaded' : `${response.status} ${text.slice(0, 100)}`
  } catch {
    // Who is refused before the body was read may find the connection closed while it still sends.
    return 'overloaded'
  }
}

for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), 19)

process.on('message', (order: ImportOrder) => {
  const body = JSON.stringify({ markdown: Buffer.from(largeMarkdown(order.bytes)).toString('base64') })
  const asked = Array.from({ length: order.imports }, (_, index) =>
    importAs(order, order.guests[index % order.guests.length], body),
  )
  void Promise.all(asked).then((outcomes) => process.send?.(outcomes))
})
process.on('disconnect', () => process.exit(0))
