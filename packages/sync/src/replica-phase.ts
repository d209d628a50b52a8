/**
 * Where a replica is in its life:
 *
 * - loading: its store is being read
 * - offline: it has no link, or waits before it joins again
 * - joining: it has asked and has no welcome yet
 * - catching-up: what it had missed is arriving
 * - live: it has everything the log had at the welcome, and gets the rest as it comes
 * - ended: it will not join again; its error says why
 */
export type Phase = 'loading' | 'offline' | 'joining' | 'catching-up' | 'live' | 'ended'
export type PhaseEvent = 'loaded' | 'joined' | 'welcomed' | 'reached' | 'left' | 'failed'

/** [REP-1] Every phase answers every event. */
export const NEXT_PHASE: Readonly<Record<Phase, Readonly<Record<PhaseEvent, Phase>>>> = {
  loading: {
    loaded: 'offline',
    joined: 'loading',
    welcomed: 'loading',
    reached: 'loading',
    left: 'loading',
    failed: 'ended',
  },
  offline: {
    loaded: 'offline',
    joined: 'joining',
    welcomed: 'offline',
    reached: 'offline',
    left: 'offline',
    failed: 'ended',
  },
  joining: {
    loaded: 'joining',
    joined: 'joining',
    welcomed: 'catching-up',
    reached: 'joining',
    left: 'offline',
    failed: 'ended',
  },
  'catching-up': {
    loaded: 'catching-up',
    joined: 'joining',
    welcomed: 'catching-up',
    reached: 'live',
    left: 'offline',
    failed: 'ended',
  },
  live: {
    loaded: 'live',
    joined: 'joining',
    welcomed: 'catching-up',
    reached: 'live',
    left: 'offline',
    failed: 'ended',
  },
  ended: { loaded: 'ended', joined: 'ended', welcomed: 'ended', reached: 'ended', left: 'ended', failed: 'ended' },
}
