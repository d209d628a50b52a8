import type { ProsemirrorBinding } from './binding.ts'
import { Renderer } from './render.ts'
import { ShownNodes } from './shown-nodes.ts'
import { type Part, partsOf } from './y-tree.ts'

/** Runs something after at least so many milliseconds, when there is nothing better to do. Returns how to cancel it. */
export type Schedule = (run: () => void, afterMs: number) => () => void

/** How long nothing may have changed before the check begins. */
const QUIET_MS = 3_000
/** A few milliseconds' worth. */
const BLOCKS_PER_SLICE = 200

/** In the browser's idle time, where it has that. */
export const whenIdle: Schedule = (run, afterMs) => {
  const timer = setTimeout(() => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(run)
    else run()
  }, afterMs)
  return () => clearTimeout(timer)
}

/**
 * Looks, once nothing happened for a while, whether the view is what the Y.Doc says: draws the document apart, some blocks at
 * a time, and compares. If it differs, the view is drawn anew (nothing is written) and the owner is told.
 */
export class SelfCheck {
  readonly #binding: ProsemirrorBinding
  readonly #schedule: Schedule
  #cancel: (() => void) | undefined
  #run = 0

  constructor(binding: ProsemirrorBinding, schedule: Schedule) {
    this.#binding = binding
    this.#schedule = schedule
    binding.doc.on('afterTransaction', this.restart)
    this.restart()
  }

  /** Something changed: what was checked so far is worth nothing. */
  readonly restart = (): void => {
    this.#cancel?.()
    this.#run += 1
    const run = this.#run
    this.#cancel = this.#schedule(() => this.#begin(run), QUIET_MS)
  }

  stop(): void {
    this.#cancel?.()
    this.#run += 1
    this.#binding.doc.off('afterTransaction', this.restart)
  }

  #begin(run: number): void {
    const { prosemirrorView, type } = this.#binding
    if (run !== this.#run || prosemirrorView === null) return
    const renderer = new Renderer(prosemirrorView.state.schema, new ShownNodes())
    const { inlineContent } = prosemirrorView.state.schema.topNodeType
    this.#slice(run, renderer, partsOf(type, { inline: inlineContent }))
  }

  #slice(run: number, renderer: Renderer, parts: readonly Part[]): void {
    if (run !== this.#run) return
    for (const part of parts.slice(0, BLOCKS_PER_SLICE)) renderer.ahead(part)
    if (parts.length > BLOCKS_PER_SLICE)
      this.#cancel = this.#schedule(() => this.#slice(run, renderer, parts.slice(BLOCKS_PER_SLICE)), 0)
    else this.#finish(renderer)
  }

  #finish(renderer: Renderer): void {
    const { prosemirrorView: view, type, isBehind } = this.#binding
    if (view === null || view.composing || isBehind) return
    if (!renderer.document(type).eq(view.state.doc)) this.#binding.redraw('differs')
  }
}
