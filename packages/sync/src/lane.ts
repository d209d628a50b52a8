import type { AbortSignalLike, Gate } from './ports.ts'
import type { Changes, SessionId } from './protocol.ts'

/** A session whose frames are parked: whatever waits for it may leave through a lane. */
export interface LaneSource {
  readonly id: SessionId
  /** The next frame; undefined when nothing waits or the frames are not parked any more. Frames that are equal may be one object. */
  take(): Changes | undefined
  /** Lets the frames go on by themselves, when the lane cannot take what waits. */
  resume(): void
}

/** A shorter way to a socket than being pulled, which costs a chain of promises per frame and reader. */
export interface Lane {
  /** Something waits for this session. In this turn or right after it the lane calls either `take` until it is undefined, or `resume`. Never throws. */
  offer(source: LaneSource): void
}

/** Where the frames of a session go. */
export interface FramesOptions {
  readonly signal: AbortSignalLike
  readonly gate: Gate
  /** Left out: every frame is pulled. */
  readonly lane?: Lane | undefined
}
