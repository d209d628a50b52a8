import { ERRORS, SyncError } from '@tandem/sync'
import { TRPCClientError } from '@trpc/client'
import { describe, expect, test } from 'vitest'
import { closeError, toSyncError } from './sync-error.ts'

function refused(data: object, message = 'from the server'): TRPCClientError<never> {
  return TRPCClientError.from({ error: { code: -32000, message, data } } as never)
}

describe('toSyncError', () => {
  test('keeps what the server named, and its message', () => {
    const error = toSyncError(
      refused({ code: 'PAYLOAD_TOO_LARGE', sync: { code: 'document-full', message: 'Full at 50 MB.' } }),
    )
    expect(error).toMatchObject({ code: 'document-full', message: 'Full at 50 MB.', then: 'give-up' })
    expect(toSyncError(error)).toBe(error)
  })

  test.each([
    ['UNAUTHORIZED', 'not-signed-in'],
    ['TOO_MANY_REQUESTS', 'overloaded'],
    ['NOT_FOUND', 'client-too-old'],
    ['INTERNAL_SERVER_ERROR', 'log-unavailable'],
    ['SOMETHING_NEW', 'log-unavailable'],
  ])('an error of tRPC itself, %s, is %s', (trpcCode, code) => {
    expect(toSyncError(refused({ code: trpcCode }))).toMatchObject({ code, message: 'from the server' })
  })

  test('a code that is not in the table is not believed', () => {
    expect(toSyncError(refused({ code: 'FORBIDDEN', sync: { code: 'toString', message: 7 } }))).toMatchObject({
      code: 'not-allowed',
    })
  })

  test.each([
    [new TypeError('fetch failed')],
    [TRPCClientError.from(new TypeError('fetch failed'))],
    ['a string'],
    [undefined],
    [null],
  ])('what nobody named is the network: %s', (error) => {
    expect(toSyncError(error)).toBeInstanceOf(SyncError)
    expect(toSyncError(error)).toMatchObject({ code: 'socket-closed', then: 'rejoin' })
  })
})

test('every close code of the table is understood, as an error with that close code', () => {
  for (const { close } of Object.values(ERRORS)) {
    const { code } = closeError(close, 'said by the server')
    expect(close === 1006 ? 1006 : ERRORS[code].close).toBe(close)
  }
  expect(closeError(4999, '')).toMatchObject({ code: 'socket-closed', message: 'The connection was closed (4999).' })
})
