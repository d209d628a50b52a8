/** What a button within the text opens beside it. */
export interface BlockPanel {
  readonly kind: 'language' | 'callout' | 'image'
  readonly anchor: HTMLElement
  /** Where the block is by now; undefined when it is gone. */
  readonly getPos: () => number | undefined
}

/** Which panel is open. Blocks are drawn without React; their panels are not. */
export class BlockPanels {
  readonly #listeners = new Set<() => void>()
  #open: BlockPanel | undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): BlockPanel | undefined => this.#open

  show(panel: BlockPanel | undefined): void {
    this.#open = panel
    for (const listener of this.#listeners) listener()
  }
}
