import { SyncError } from '@tandem/sync'
import { expect, test } from 'vitest'
import { failureOf } from './failure.ts'

test('a SyncError keeps its code and words', () => {
  expect(failureOf(new SyncError('document-deleted', 'It was deleted.'))).toEqual({
    code: 'document-deleted',
    message: 'It was deleted.',
    passing: false,
  })
})

test('a tRPC error carries the code in data.sync', () => {
  const error = Object.assign(new Error('Too many calls.'), {
    data: { sync: { code: 'overloaded', message: 'Too many calls.' } },
  })
  expect(failureOf(error)).toEqual({ code: 'overloaded', message: 'Too many calls.', passing: true })
})

test('no network, unknown codes and things that are no errors still give words', () => {
  expect(failureOf(new TypeError('Failed to fetch'))).toEqual({
    code: undefined,
    message: 'The server did not answer.',
    passing: true,
  })
  expect(failureOf(Object.assign(new Error('Odd.'), { data: { sync: { code: 'toString' } } }))).toMatchObject({
    code: undefined,
    message: 'Odd.',
  })
  expect(failureOf('nothing')).toMatchObject({ message: 'Something went wrong.' })
})
