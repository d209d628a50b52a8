/** What a page says to a service worker. */
export type PageMessage =
  /** Is this the build that you keep? Answered with a boolean over the port that comes with it. A worker that waits, and is asked by its own build, takes over. */
  | { readonly type: 'my-build'; readonly entry: string }
  /** The person wants the newer build. */
  | { readonly type: 'take-over' }
  /** The page is idle: keep what is still missing. */
  | { readonly type: 'keep-later' }

export function isPageMessage(data: unknown): data is PageMessage {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false
  if (data.type === 'my-build') return 'entry' in data && typeof data.entry === 'string'
  return data.type === 'take-over' || data.type === 'keep-later'
}
