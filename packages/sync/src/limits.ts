/** Every limit in one place. Bytes, milliseconds and counts; an error names the limit it enforces. */
export const LIMITS = {
  /** One WebSocket frame (`maxPayload` of ws). */
  frameBytes: 2 * 1024 * 1024,
  /** One update as pushed. */
  updateBytes: 1024 * 1024,
  /** Structs (inserted runs) in one update. */
  updateStructs: 20_000,
  /** Parts that a larger edit is split into; they commit as one. */
  editParts: 16,
  /** Client ids that one update brings structs of. */
  updateClients: 256,
  /** Types within types that one update brings. */
  updateDepth: 64,
  /** One attribute, mark, map value, key or embedded object; text is not counted. */
  valueBytes: 8 * 1024,
  /** Names of roots, nodes and marks, in UTF-16 units. */
  nameLength: 64,
  /** Length of a garbage-collected or deleted run, in clock ticks. */
  updateRun: 5_000_000,
  /** A document's stored bytes: its snapshot and the updates after it. */
  documentBytes: 50 * 1024 * 1024,
  /** A document's structs: those that its snapshot has become in a document, and those pushed after it. */
  documentStructs: 1_000_000,
  titleLength: 300,
  /** People with a role of their own in a document, and those who were removed from it. */
  documentPeople: 500,
  /** Invite links of a document that were not revoked. */
  documentInvites: 50,
  /** People who ask for access to a document, or for more than they have. */
  documentRequests: 100,
  /** Documents that one person has starred. */
  starsPerUser: 500,
  /** A Markdown file to import. */
  importBytes: 5 * 1024 * 1024,
  presenceBytes: 2 * 1024,
  /** Pieces of a snapshot and groups of updates on their way to a session that catches up. */
  chunkBytes: 256 * 1024,
  /** Updates waiting for one session; beyond this they are dropped and the session catches up from the log. */
  outboxBytes: 1024 * 1024,
  /** Waiting entries of people who left; beyond this the session is told of everybody anew. */
  outboxGone: 256,
  /** While a socket has this much unsent, nothing more is taken from its outboxes. */
  socketMarkBytes: 1024 * 1024,
  /** A socket that accepts nothing at all for this long is closed with 4408. */
  stalledSocketMs: 60_000,
  /** Recent log rows a room keeps in memory, so that most returning replicas cost no read. */
  roomTailBytes: 1024 * 1024,
  roomTailRows: 2_000,
  /** Snapshots that a node keeps in memory, over all documents, for those who open them one after the other. */
  snapshotCacheBytes: 64 * 1024 * 1024,
  /** Rows after the snapshot at which a compaction is asked for. */
  compactAfterRows: 500,
  /** … and structs, of a document that may be half full of them: typed apart, many of them are one in a document. */
  compactAfterStructs: 100_000,
  sessionsPerSocket: 64,
  socketsPerUser: 20,
  socketsPerIp: 100,
  /** Sessions in one document, on all nodes, of people whom its link alone lets in. */
  sessionsPerLink: 200,
  /** Invite links that an address may try in a minute. */
  invitesPerMinute: 10,
  /** New sockets that one node lets in; a quarter of that from one address. */
  socketsPerSecond: 100,
  /** What a node holds at about 30 KB each; the balancer takes who comes after them to another one. */
  socketsPerNode: 10_000,
  pushesPerSecond: 60,
  pushBurst: 120,
  presencePerSecond: 30,
  /** Every other call of a socket, or of a user over plain HTTP. */
  callsPerSecond: 30,
  callBurst: 120,
  /** On all nodes together, a user and an address may do so much a second for each socket they may have, … */
  sharedPushesPerSocket: 6,
  sharedPresencePerSocket: 12,
  sharedCallsPerSocket: 3,
  /** … and all people in one document so much. */
  documentPushesPerSecond: 1_000,
  documentPresencePerSecond: 2_000,
  /** A socket ticket that nobody used by then is worth nothing. */
  ticketMs: 30_000,
  batchCalls: 32,
  /** At most one presence frame per session in this time. */
  presenceFrameMs: 33,
  /** In a room of so many sessions, who did nothing for `watchingAfterMs` is shown updates with the presence ticks, not one by one. */
  crowd: 50,
  watchingAfterMs: 5_000,
  /** For each so many of them who were shown something, what comes next waits for one tick more, up to `watchingMostTicks`. */
  watchingCrowd: 200,
  watchingMostTicks: 3,
  /** For each so many sessions in a room, its presence waits for one tick more, up to `presenceMostTicks`: n people who watch n carets are n². */
  presenceCrowd: 50,
  presenceMostTicks: 30,
  /** Carets that one frame carries; of more, those that have waited longest. */
  presencePerFrame: 64,
  /** So long nothing happens in a replica before it compares its content with the log; then not before `compareEveryMs`, and only when something was written. */
  compareIdleMs: 5_000,
  compareEveryMs: 20 * 60_000,
  /** Of those who opened a document at once, each waits some part of this longer, … */
  compareSpreadMs: 30_000,
  /** … and about so many of them ask at all. */
  comparers: 8,
  /** A question that was not answered is asked again after that. */
  compareAgainMs: 120_000,
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
