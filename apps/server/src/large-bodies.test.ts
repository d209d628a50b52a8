import { describe, expect, test } from 'vitest'
import { LargeBodies } from './large-bodies.ts'

function bodies() {
  let shed = 0
  const held = new LargeBodies(() => (shed += 1))
  const file = (address: string) => held.hold({ headers: { 'content-length': '1000000' } }, address)
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

  test('small ones are not counted; one that hides its size is', () => {
    const { held, file } = bodies()
    for (let count = 0; count < 100; count += 1) held.hold({ headers: { 'content-length': '65536' } }, 'somebody')
    for (let count = 0; count < 100; count += 1) held.hold({ headers: {} }, 'somebody')
    for (let count = 0; count < 2; count += 1) held.hold({ headers: { 'transfer-encoding': 'chunked' } }, 'somebody')
    expect(() => file('somebody')).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })
})
