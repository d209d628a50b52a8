import { LIMITS } from '../src/limits.ts'

/**
 * The same code with bounds some thousand times smaller, for this process: days of a few hundred short words then meet
 * full outboxes, forgotten tails, snapshots in pieces and compactions that rooms ask for.
 */
export function shrinkLimits(): void {
  Object.assign(LIMITS, {
    updateBytes: 1_000,
    editParts: 200,
    chunkBytes: 300,
    outboxBytes: 800,
    outboxGone: 2,
    roomTailBytes: 800,
    roomTailRows: 12,
    snapshotCacheBytes: 2_000,
    compactAfterRows: 40,
    crowd: 3,
  })
}
