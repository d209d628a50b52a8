const SLOT = / \[come back in (\d{1,6}) ms\]$/

/**
 * A reason to close a socket that also says when to come back: a node that sends many away gives each a time of its own.
 * A close reason is all that a browser can read of a refusal.
 */
export function withSlot(reason: string, slotMs: number): string {
  return `${reason} [come back in ${Math.max(0, Math.round(slotMs))} ms]`
}

/** When a socket that was closed with this reason is to come back, ms; undefined when it does not say. */
export function slotMsOf(reason: string): number | undefined {
  const slotMs = SLOT.exec(reason)?.[1]
  return slotMs === undefined ? undefined : Number(slotMs)
}
