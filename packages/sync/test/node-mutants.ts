import type { Mutant } from './mutant.ts'

/** Rules of rooms and of the log. */
export const NODE_MUTANTS: readonly Mutant[] = [
  // --- the log first ---
  {
    name: 'fan out before commit',
    rule: 'ROOM-1',
    file: 'committer.ts',
    find: 'const outcome = await this.#append(judged, expected, attempt)',
    replace: `this.#acknowledge(judged, { fromSeq: expected.head + 1, at: 0 }, expected)
        const outcome = await this.#append(judged, expected, attempt)`,
  },
  {
    name: 'ack before commit',
    rule: 'ROOM-1',
    file: 'committer.ts',
    find: 'const rows = judged.flatMap(',
    replace: 'judged.forEach(({ entry }) => entry.settle({ seq: expected.head + 1 })); const rows = judged.flatMap(',
  },
  {
    name: 'append without its compare',
    rule: 'LOG-5',
    file: 'memory-log.ts',
    find: 'if (!same || repeatsPush',
    replace: 'if (repeatsPush',
  },
  {
    name: 'what overtook an append is known from then on, but not shown',
    rule: 'ROOM-9',
    file: 'log-follower.ts',
    find: 'this.take(rows)\n    const after',
    replace: 'rows.forEach((row) => this.known.follow(row))\n    const after',
  },
  // --- holes ---
  {
    name: 'no reconcile',
    rule: 'GAP-2',
    file: 'log-follower.ts',
    find: 'this.#nextReading ??= this.#readAfter(this.#reading)\n    return this.#nextReading',
    replace: 'return Promise.resolve()',
  },
  {
    name: 'a hole is passed over until the heartbeat',
    rule: 'GAP-2',
    file: 'log-follower.ts',
    find: "this.#meter.count('holes_found')\n      return this.suspect()",
    replace: 'return',
  },
  {
    name: 'no heartbeat',
    rule: 'GAP-3',
    file: 'log-follower.ts',
    find: 'const lags = head.head > known.head',
    replace: 'const lags = head.head > known.head + 1_000_000',
  },
  {
    name: 'the relay is believed about the head',
    rule: 'GAP-1',
    file: 'relayed-rows.ts',
    find: 'if (message.fromSeq > head + 1 ||',
    replace: `let trusted = headCheck
  if (message.rows.length > 0) return message.rows.map((row, index): LogRow => {
    trusted = nextCheck(trusted, row.update)
    return { ...row, seq: head + 1 + index, check: trusted }
  })
  if (message.fromSeq > head + 1 ||`,
  },
  {
    name: 'rows that were merged into a snapshot are skipped without a word',
    rule: 'GAP-2',
    file: 'log-follower.ts',
    find: 'this.#room.skipped()',
    replace: 'undefined',
  },
  // --- outboxes and memory ---
  {
    name: 'an outbox that drops without marking',
    rule: 'OUT-3',
    file: 'outbox.ts',
    find: 'this.#bytes = 0\n    this.#behind = true',
    replace: 'this.#bytes = 0',
  },
  {
    name: 'an outbox that never drops',
    rule: 'OUT-3',
    file: 'outbox.ts',
    find: 'if (this.#bytes <= LIMITS.outboxBytes) return false',
    replace: 'if (this.#bytes <= 1000 * LIMITS.outboxBytes) return false',
  },
  {
    name: 'a full socket is not asked',
    rule: 'OUT-6',
    file: 'session.ts',
    find: 'await gate.writable(signal)\n          this.#throwIfEnded()',
    replace: 'this.#throwIfEnded()',
  },
  {
    name: 'going live without looking at the room',
    rule: 'OUT-4',
    file: 'session.ts',
    find: 'if (this.outbox.sent.seq >= this.#room.headSeq && this.outbox.sent.seq >= slice.head) this.outbox.caughtUp()',
    replace: 'this.outbox.caughtUp()',
  },
  {
    name: 'a snapshot without its tail',
    rule: 'OUT-4',
    file: 'session.ts',
    find: 'if (slice.snapshot !== undefined) yield* this.#reading(slice, storedFrames.ofSnapshot(slice.snapshot))',
    replace: `if (slice.snapshot !== undefined) {
      yield* this.#reading(slice, storedFrames.ofSnapshot(slice.snapshot))
      return this.outbox.advance({ epoch: slice.epoch, seq: slice.head, check: slice.check })
    }`,
  },
  {
    name: 'a room that keeps every row in memory',
    rule: 'ROOM-10',
    file: 'known-log.ts',
    find: 'while (this.#rowBytes > LIMITS.roomTailBytes',
    replace: 'while (this.#rowBytes > 1000 * LIMITS.roomTailBytes',
    also: { find: '|| this.#rows.length > LIMITS.roomTailRows', replace: '' },
  },
  {
    name: 'frames for others are taken for the same',
    rule: 'LANE-3',
    file: 'shared-frames.ts',
    find: 'if (kept[at] !== asked[at]) return false',
    replace: 'if (kept.length > 1000) return false',
  },
  // --- who may write, and with which page ---
  {
    name: 'the role is checked at the join only',
    rule: 'ACC-2',
    file: 'committer.ts',
    find: "if (!allows(roles.get(author.userId), 'editor'))",
    replace: 'if (!roles.has(author.userId))',
  },
  {
    name: 'tried again without being authorised again',
    rule: 'ROOM-9',
    file: 'committer.ts',
    find: 'this.#roles.load(userIds, this.#room.known.head.accessVersion)',
    replace: 'this.#roles.load(userIds, 0)',
    also: { find: 'accessVersion: roles.version }', replace: 'accessVersion: head.accessVersion }' },
  },
  {
    name: 'who comes while access changes keeps the older role',
    rule: 'ACC-5',
    needs: 'every point',
    file: 'room.ts',
    find: 'while (book.version < this.known.head.accessVersion)',
    replace: 'while (book.version < 0)',
  },
  {
    name: 'a changed role does not reach open sessions',
    rule: 'ACC-3',
    file: 'room.ts',
    find: 'else if (role !== session.role) {',
    replace: 'else if (role === undefined) {',
  },
  {
    name: 'older pages are not told of a newer schema',
    rule: 'ACC-4',
    file: 'room.ts',
    find: 'for (const { outbox, role } of this.#sessions.values()) outbox.setAccess({ role, schemaVersion })',
    replace: '',
  },
  {
    name: 'a page that catches up is not told of a newer schema',
    rule: 'ACC-4',
    file: 'session.ts',
    find: 'yield* this.#schemaOf(slice)',
    replace: '',
  },
  {
    name: 'a page too old goes on sending',
    rule: 'REP-5',
    file: 'replica-join.ts',
    find: 'return this.#documentSchemaVersion > this.#schemaVersion',
    replace: 'return false',
  },
  {
    name: 'a push of an older schema is taken',
    rule: 'ACC-4',
    file: 'committer.ts',
    find: 'if (input.schemaVersion < schemaVersion)',
    replace: 'if (input.schemaVersion < 0)',
  },
  // --- another life ---
  {
    name: 'another life is merged',
    needs: 'restores',
    rule: 'EPOCH-2',
    file: 'replica.ts',
    find: 'if (!welcome.resumed && this.#copy.token !== undefined)',
    replace: 'if (!welcome.resumed && this.#copy.token === null)',
  },
  {
    name: 'the epoch of a push is ignored',
    needs: 'restores',
    rule: 'EPOCH-1',
    file: 'committer.ts',
    find: 'if (input.epoch !== this.#room.known.head.epoch)',
    replace: "if (input.epoch === '')",
  },
  {
    name: 'roles that a restore has undone stay',
    needs: 'restores',
    rule: 'EPOCH-3',
    file: 'log-follower.ts',
    find: 'if (head.accessVersion < asked.accessVersion)',
    replace: 'if (head.accessVersion < 0)',
  },
  {
    name: 'roles of another life are remembered',
    needs: 'restores',
    rule: 'EPOCH-3',
    file: 'room.ts',
    find: 'this.#roles.forget()',
    replace: '',
  },
  {
    name: 'the check of a token is ignored',
    needs: 'restores',
    rule: 'LOG-16',
    file: 'memory-document.ts',
    find: 'return row === undefined || row.check === token.check',
    replace: 'return true',
    also: { find: 'if (token.seq === head.head) return token.check === head.check', replace: 'return true' },
  },
  // --- presence ---
  {
    name: 'presence outlives its session',
    rule: 'PRES-4',
    file: 'presence-board.ts',
    find: 'if (!this.#local.delete(sessionId)) return',
    replace: 'return',
  },
  {
    name: 'a silent node is shown for ever',
    rule: 'PRES-6',
    file: 'presence-board.ts',
    find: 'if (nowMs - remote.lastHeardMs < LIMITS.silentNodeMs) continue',
    replace: 'continue',
  },
  {
    name: 'of people who left everything waits',
    rule: 'OUT-8',
    file: 'outbox.ts',
    find: 'if (this.#gone <= LIMITS.outboxGone) return',
    replace: 'return',
  },
  {
    name: 'who is told of everybody is not told that it is everybody',
    rule: 'OUT-8',
    file: 'outbox.ts',
    find: 'presence: [...this.#everybody()], everybody: true as const',
    replace: 'presence: [...this.#everybody()]',
  },
  {
    name: 'an edit is written without its last part',
    rule: 'PART-3',
    file: 'held-parts.ts',
    find: 'if (part.part < part.of) return undefined',
    replace: 'if (part.part + 1 < part.of) return undefined',
  },
  {
    name: 'a frame does not say that its edit goes on',
    rule: 'PART-3',
    file: 'stored-frames.ts',
    find: 'goesOn(last) ? { ...frame, goesOn: true } : frame',
    replace: 'frame',
  },
]
