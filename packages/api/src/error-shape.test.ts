import { ERRORS, isErrorCode, SyncError, type ErrorCode } from '@tandem/sync'
import { TRPCError } from '@trpc/server'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { errorShape } from './error-shape.ts'

const codes = Object.keys(ERRORS).filter(isErrorCode)

test.each(codes)('%s arrives with its code, its message and the tRPC code of the table', (code: ErrorCode) => {
  const shape = errorShape(thrown(new SyncError(code, 'what to do')))
  expect(shape).toMatchObject({
    message: 'what to do',
    data: { code: ERRORS[code].trpc, sync: { code, message: 'what to do' } },
  })
})

test('a fault of ours says nothing about itself', () => {
  const shape = errorShape(thrown(new Error('select secret from user where password = 1')))
  expect(shape).toMatchObject({ data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 } })
  expect(JSON.stringify(shape)).not.toMatch(/secret|stack|error-shape/)
})

describe('input that a schema refused', () => {
  const schema = z.strictObject({
    title: z.string().max(3, 'A title has at most 3 characters.'),
    deep: z.strictObject({ n: z.int() }).optional(),
  })
  const refuse = (input: unknown) =>
    errorShape(new TRPCError({ code: 'BAD_REQUEST', cause: schema.safeParse(input).error }))

  test('is bad-input, with the path of what is wrong', () => {
    expect(refuse({ title: 'x', deep: { n: 'one' } }).data.sync).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('deep.n:'),
    })
    expect(refuse({ title: 'long' }).data.sync?.message).toBe('title: A title has at most 3 characters.')
  })

  test('is never quoted, however long its keys are', () => {
    expect(JSON.stringify(refuse({ title: 'SECRET VALUE' }))).not.toContain('SECRET')
    expect(JSON.stringify(refuse({ ['k'.repeat(100_000)]: 1 })).length).toBeLessThan(2_000)
  })
})

test('the path of a call is not repeated: for an unknown procedure it is whatever was sent', () => {
  const shape = errorShape(new TRPCError({ code: 'NOT_FOUND', message: 'No procedure found on path "__proto__"' }))
  expect(shape.data.sync?.code).toBe('client-too-old')
  expect(JSON.stringify(shape)).not.toContain('__proto__')
})

/** As tRPC wraps what a procedure throws. */
function thrown(cause: Error): TRPCError {
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause })
}
