/** Runs something once what has been drawn is on the screen. Returns how to cancel it. */
export type AfterFrame = (run: () => void) => () => void

/** A page that is hidden before its next frame draws none. */
const NO_FRAME_MS = 1_000

/** In a task of its own after the next frame; without one where nobody looks. */
export const afterFrame: AfterFrame = (run) => {
  if (typeof document === 'undefined' || document.visibilityState !== 'visible') {
    const timer = setTimeout(run, 0)
    return () => clearTimeout(timer)
  }
  let timer = setTimeout(() => {
    cancelAnimationFrame(frame)
    run()
  }, NO_FRAME_MS)
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    timer = setTimeout(run, 0)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}

/** Something that waits for the next frame, once however often it is asked for. */
export class WaitsForFrame {
  readonly #afterFrame: AfterFrame
  #cancel: (() => void) | undefined

  constructor(afterFrame: AfterFrame) {
    this.#afterFrame = afterFrame
  }

  get isWaiting(): boolean {
    return this.#cancel !== undefined
  }

  start(run: () => void): void {
    this.#cancel ??= this.#afterFrame(() => {
      this.#cancel = undefined
      run()
    })
  }

  /** Returns whether it was waiting. */
  stop(): boolean {
    const { isWaiting } = this
    this.#cancel?.()
    this.#cancel = undefined
    return isWaiting
  }
}
