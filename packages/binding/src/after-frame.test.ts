import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WaitsForFrame, afterFrame } from './after-frame.ts'

let frames: Map<number, () => void>
const run = vi.fn()

beforeEach(() => {
  frames = new Map()
  run.mockClear()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('document', { visibilityState: 'visible' })
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    frames.set(frames.size + 1, callback)
    return frames.size
  })
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function drawFrame(): void {
  for (const [frame, callback] of frames) {
    frames.delete(frame)
    callback()
  }
}

test('it runs in a task of its own after the next frame, and not without one', () => {
  afterFrame(run)
  vi.advanceTimersByTime(900)
  drawFrame()
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(0)
  expect(run).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(5_000)
  expect(run).toHaveBeenCalledTimes(1)
})

test('a page that is hidden waits for no frame, and one that was hidden since waits for a second; it runs once', () => {
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  afterFrame(run)
  vi.advanceTimersByTime(0)
  expect(run).toHaveBeenCalledTimes(1)
  vi.stubGlobal('document', { visibilityState: 'visible' })
  afterFrame(run)
  vi.advanceTimersByTime(1_000)
  expect(run).toHaveBeenCalledTimes(2)
  drawFrame()
  vi.advanceTimersByTime(5_000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('what was cancelled does not run, before its frame and after it', () => {
  afterFrame(run)()
  const cancel = afterFrame(run)
  drawFrame()
  cancel()
  vi.advanceTimersByTime(5_000)
  expect(run).not.toHaveBeenCalled()
})

test('however often it is asked for, it waits once; it says whether it did, and may be asked for again while it runs', () => {
  const waits = new WaitsForFrame(afterFrame)
  expect(waits.stop()).toBe(false)
  const again = vi.fn(() => waits.start(run))
  waits.start(again)
  waits.start(run)
  expect(waits.isWaiting).toBe(true)
  drawFrame()
  vi.advanceTimersByTime(0)
  expect(again).toHaveBeenCalledTimes(1)
  expect(run).not.toHaveBeenCalled()
  expect(waits.stop()).toBe(true)
  drawFrame()
  vi.advanceTimersByTime(5_000)
  expect(run).not.toHaveBeenCalled()
})
