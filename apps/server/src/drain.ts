import type { Node } from './node.ts'
import type { Log } from './log.ts'

const PATIENCE_MS = 18_000

/**
 * Ends the process when it is told to: in peace on the first SIGTERM or SIGINT (exit 0; 1 if that takes more than 18 s),
 * at once on the second.
 */
export function endOnSignals(node: Node, log: Log): void {
  let signals = 0
  const end = (): void => {
    signals += 1
    if (signals > 1) process.exit(1)
    setTimeout(() => {
      log.error('draining took too long; what is unacked stays in the browsers and is sent to the next node')
      process.exit(1)
    }, PATIENCE_MS).unref()
    node.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}
