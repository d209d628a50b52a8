import { afterEach, expect, test, vi } from 'vitest'
import { isSurelyOffline, onWakeEvent, type WakeEvent } from './wake-events.ts'

afterEach(() => vi.unstubAllGlobals())

test('the browser’s hints, until nobody listens', () => {
  const [window, document] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: 'hidden' })]
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  const heard: WakeEvent[] = []
  const stop = onWakeEvent((event) => heard.push(event))
  for (const name of ['offline', 'online', 'pageshow']) window.dispatchEvent(new Event(name))
  document.dispatchEvent(new Event('visibilitychange'))
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  stop()
  window.dispatchEvent(new Event('online'))
  expect(heard).toEqual(['offline', 'online', 'visible', 'visible'])
})

test('outside of a browser there are none', () => {
  expect(() => onWakeEvent(() => expect.unreachable())()).not.toThrow()
  expect(isSurelyOffline()).toBe(false)
})

test('only a certain no counts as offline', () => {
  vi.stubGlobal('navigator', { onLine: true })
  expect(isSurelyOffline()).toBe(false)
  vi.stubGlobal('navigator', { onLine: false })
  expect(isSurelyOffline()).toBe(true)
})
