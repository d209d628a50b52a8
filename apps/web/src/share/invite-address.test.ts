import { DocumentId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { inviteAddress, inviteIn } from './invite-address.ts'

const invite = { inviteId: 'A'.repeat(21) + '-', secret: 'b'.repeat(21) + '_' }

test('an invite goes through its address and back, and its secret is where no server sees it', () => {
  const address = new URL(inviteAddress(DocumentId.parse('document-1'), invite, 'https://tandem.example/somewhere'))
  expect(address.pathname).toBe('/d/document-1')
  expect(address.href.split('#')[0]).not.toContain(invite.secret)
  expect(inviteIn(address.hash)).toEqual(invite)
})

test('what is no invite is none', () => {
  for (const hash of ['', '#', '#heading', '#invite=short.short', `#invite=${invite.inviteId}`, `#x&invite=a.b`])
    expect(inviteIn(hash)).toBeUndefined()
})
