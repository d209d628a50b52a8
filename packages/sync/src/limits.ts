/** Every limit in one place. Bytes, milliseconds and counts; an error names the limit it enforces. */
export const LIMITS = {
  /** One WebSocket frame (`maxPayload` of ws). */
  frameBytes: 2 * 1024 * 1024,
  /** One update as pushed. */
  updateBytes: 1024 * 1024,
  /** Structs (inserted runs) in one update. */
  updateStructs: 20_000,
  /** Client ids that one update brings structs of. */
  updateClients: 256,
  /** Length of a garbage-collected or deleted run, in clock ticks. */
  updateRun: 5_000_000,
  /** A document's stored bytes: its snapshot and the updates after it. */
  documentBytes: 50 * 1024 * 1024,
  titleLength: 300,
  /** A Markdown file to import. */
  importBytes: 5 * 1024 * 1024,
  presenceBytes: 2 * 1024,
  /** Pieces of a snapshot and groups of updates on their way to a session that catches up. */
  chunkBytes: 256 * 1024,
  /** Updates waiting for one session; beyond this they are dropped and the session catches up from the log. */
  outboxBytes: 1024 * 1024,
  /** While a socket has this much unsent, nothing more is taken from its outboxes. */
  socketMarkBytes: 1024 * 1024,
  /** A socket that accepts nothing at all for this long is closed with 4408. */
  stalledSocketMs: 60_000,
  /** Recent log rows a room keeps in memory, so that most returning replicas cost no read. */
  roomTailBytes: 1024 * 1024,
  roomTailRows: 2_000,
  /** Rows after the snapshot at which a compaction is asked for. */
  compactAfterRows: 500,
  sessionsPerSocket: 64,
  socketsPerUser: 20,
  socketsPerIp: 100,
  pushesPerSecond: 60,
  pushBurst: 120,
  presencePerSecond: 30,
  /** Every other call of a socket, or of a user over plain HTTP. */
  callsPerSecond: 30,
  callBurst: 120,
  batchCalls: 32,
  /** At most one presence frame per session in this time. */
  presenceFrameMs: 33,
  /** Heads of the open rooms are compared with the log this often; while the relay is unwell, `unwellHeartbeatMs`. */
  heartbeatMs: 2_000,
  unwellHeartbeatMs: 500,
  /** Each node repeats its presence of a room this often; a node silent for `silentNodeMs` loses its entries. */
  presenceRepeatMs: 4_000,
  silentNodeMs: 12_000,
  /** A room without sessions is put away after this. */
  idleRoomMs: 10_000,
} as const

export type Limits = { readonly [name in keyof typeof LIMITS]: number }
