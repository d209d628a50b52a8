import type { Editor } from '@tiptap/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { frameSource } from './use-editor-state.ts'

let frames: (() => void)[]
let caret: number
let listeners: Map<string, () => void>

beforeEach(() => {
  frames = []
  caret = 1
  listeners = new Map()
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run))
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => (frames[frame - 1] = () => undefined))
})
afterEach(() => vi.unstubAllGlobals())

const editor = {
  isDestroyed: false,
  on: (name: string, listener: () => void) => listeners.set(name, listener),
  off: (name: string) => listeners.delete(name),
} as unknown as Editor

const nextFrame = (): void => frames.splice(0).forEach((run) => run())

test('what happened between the first look and the subscription is told of with the next frame', () => {
  const source = frameSource(editor, () => ({ caret }))
  caret = 2 // the part of the page was still being put together
  const told = vi.fn()
  source.subscribe(told)
  nextFrame()
  expect(told).toHaveBeenCalledTimes(1)
  expect(source.getSnapshot()).toEqual({ caret: 2 })
})

test('many transactions are one look, and one that changes nothing is told to nobody', () => {
  const source = frameSource(editor, () => ({ caret }))
  const told = vi.fn()
  source.subscribe(told)
  nextFrame()
  for (caret of [2, 3, 4]) listeners.get('transaction')?.()
  expect(frames).toHaveLength(1)
  nextFrame()
  listeners.get('transaction')?.()
  nextFrame()
  expect(told).toHaveBeenCalledTimes(1)
})

test('who has gone hears nothing, of what was to come either', () => {
  const source = frameSource(editor, () => ({ caret }))
  const told = vi.fn()
  const leave = source.subscribe(told)
  caret = 2
  leave()
  nextFrame()
  expect(told).not.toHaveBeenCalled()
  expect(listeners.size).toBe(0)
})
