import { describe, expect, test } from 'vitest'
import { LargeBodies } from './large-bodies.ts'

function bodies() {
  let shed = 0
  const held = new LargeBodies(() => (shed += 1), 16 * 1024 * 1024)
  const file = (address: string, bytes = 1_000_000) => held.hold({ headers: { 'content-length': `${bytes}` } }, address)
  return { held, file, shed: () => shed }
}

describe('large bodies', () => {
  test('so many at once, and a place comes free once when one ends', () => {
    const { file, shed } = bodies()
    const releases = Array.from({ length: 8 }, (_, index) => file(`10.0.0.${index}`))
    expect(() => file('10.0.1.1')).toThrow(expect.objectContaining({ code: 'overloaded' }))
    expect(shed()).toBe(1)
    releases[0]?.()
    releases[0]?.()
    file('10.0.1.1')
    expect(() => file('10.0.1.2')).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })

  test('two of them from one address; afterwards it may again', () => {
    const { file } = bodies()
    const [first] = [file('10.0.0.1'), file('10.0.0.1')]
    expect(() => file('10.0.0.1')).toThrow('2 from one address')
    first?.()
    file('10.0.0.1')
  })

  test('together they are bounded in bytes, too; what is larger than any body may be counts as that', () => {
    const { held, file, shed } = bodies()
    const release = file('10.0.0.1', 1e12)
    file('10.0.0.2', 7_000_000)
    expect(() => file('10.0.0.3', 7_000_000)).toThrow(expect.objectContaining({ code: 'overloaded' }))
    expect(() => held.hold({ headers: { 'transfer-encoding': 'chunked' } }, '10.0.0.3')).toThrow('large files')
    expect(shed()).toBe(2)
    release()
    file('10.0.0.3', 7_000_000)
    file('10.0.0.4', 7_000_000)
  })

  test('small ones are not counted; one that hides its size is', () => {
    const { held, file } = bodies()
    for (let count = 0; count < 100; count += 1) held.hold({ headers: { 'content-length': '65536' } }, 'somebody')
    for (let count = 0; count < 100; count += 1) held.hold({ headers: {} }, 'somebody')
    held.hold({ headers: { 'transfer-encoding': 'chunked' } }, 'somebody')
    held.hold({ headers: { 'content-length': '65537' } }, 'somebody')
    expect(() => file('somebody')).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })
})
