import { expect, test } from 'vitest'
import { checkPersonName, PERSON_NAME_GRAPHEMES } from './person-name.ts'

test('a name is tidied', () => {
  expect(checkPersonName('  Ana \n  María ')).toEqual({ ok: true, name: 'Ana María' })
  expect(checkPersonName('\u202eevil')).toEqual({ ok: true, name: 'evil' })
})

test('a name that cannot be read or is too long is refused with the reason', () => {
  expect(checkPersonName('   ')).toMatchObject({ ok: false })
  expect(checkPersonName('!!!')).toMatchObject({ ok: false })
  expect(checkPersonName('x'.repeat(PERSON_NAME_GRAPHEMES + 1))).toMatchObject({
    ok: false,
    reason: expect.stringContaining('64'),
  })
})
