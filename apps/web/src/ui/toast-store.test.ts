import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dismiss, hold, letGo, offer, say, toastStore, warn } from './toast-store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
})

const undo = { name: 'Undo', run: () => undefined }
const shown = () => toastStore.getSnapshot().map(({ title }) => title)
const firstId = () => toastStore.getSnapshot()[0]?.id ?? -1

test('news goes by itself, what offers something later, trouble last', () => {
  say('Saved')
  offer('Removed', undo)
  warn('Not renamed', 'There is no connection.')
  const seen = [shown()]
  while (shown().length > 0) {
    vi.advanceTimersToNextTimer()
    seen.push(shown())
  }
  expect(seen).toEqual([['Saved', 'Removed', 'Not renamed'], ['Removed', 'Not renamed'], ['Not renamed'], []])
})

test('the same news twice is said once; of two offers in the same words each stays', () => {
  say('Copied')
  say('Copied')
  expect(shown()).toEqual(['Copied'])
  offer('“Untitled” is off your list', undo)
  offer('“Untitled” is off your list', undo)
  expect(shown()).toHaveLength(3)
})

test('what is held stays until it is let go, and then for as long as at first', () => {
  offer('Removed', undo)
  hold(firstId())
  vi.runAllTimers()
  expect(shown()).toEqual(['Removed'])
  letGo(firstId())
  expect(vi.getTimerCount()).toBe(1)
  vi.runAllTimers()
  expect(shown()).toEqual([])
})

test('what was dismissed while it was held stays away, and leaves no timer', () => {
  offer('Removed', undo)
  const id = firstId()
  hold(id)
  dismiss(id)
  letGo(id)
  expect([shown(), vi.getTimerCount()]).toEqual([[], 0])
})
