/** A rule switched off by changing one place of the shipped code. The simulation must notice every one of them. */
export interface Mutant {
  readonly name: string
  readonly rule: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'fan out before commit',
    rule: 'ROOM-5',
    file: 'committer.ts',
    find: 'const outcome = await this.#append(judged, expected, attempt)',
    replace: `this.#acknowledge(judged, { fromSeq: expected.head + 1, at: 0 }, expected)
        const outcome = await this.#append(judged, expected, attempt)`,
  },
  {
    name: 'ack before commit',
    rule: 'ROOM-1',
    file: 'committer.ts',
    find: 'const rows = judged.map(({ row }) => row)',
    replace:
      'judged.forEach(({ entry }) => entry.settle({ seq: expected.head + 1 })); const rows = judged.map(({ row }) => row)',
  },
  {
    name: 'append without its compare',
    rule: 'LOG-2',
    file: 'memory-log.ts',
    find: 'if (!same || repeatsPush',
    replace: 'if (repeatsPush',
  },
  {
    name: 'no heartbeat',
    rule: 'GAP-3',
    file: 'log-follower.ts',
    find: 'const lags = head.head > known.head',
    replace: 'const lags = head.head > known.head + 1_000_000',
  },
  {
    name: 'the relay is believed without its check',
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
    name: 'no resend',
    rule: 'REP-4',
    file: 'push-loop.ts',
    find: 'const { pushId } = sending.unsent\n    const again',
    replace: 'this.#unsent.settle(sending.unsent.pushId)\n    const { pushId } = sending.unsent\n    const again',
  },
  {
    name: 'a push is merged again under its old push id',
    rule: 'REP-3',
    file: 'unsent-work.ts',
    find: 'const grows = newest !== undefined && !newest.frozen',
    replace: 'const grows = newest !== undefined',
  },
  {
    name: 'saved while typing is not kept yet',
    rule: 'REP-4',
    file: 'unsent-work.ts',
    find: 'return this.#kept.length + (this.#typed.length > 0 ? 1 : 0)',
    replace: 'return 0',
  },
  {
    name: 'the token is moved by an ack',
    rule: 'REP-7',
    file: 'replica-copy.ts',
    find: 'this.#token = token\n    this.#write',
    replace: 'this.#token = { ...token, seq: token.seq + (updates.length === 0 ? 1 : 0) }\n    this.#write',
  },
  {
    name: 'an acked push is forgotten instead of received',
    rule: 'REP-7',
    file: '../test/world-replica.ts',
    find: 'if (unsent !== undefined) this.updates.push(unsent.update)',
    replace: '',
  },
  {
    name: 'the token is stored before what it covers',
    rule: 'REP-7',
    file: 'replica-copy.ts',
    find: 'this.#store.receive(this.#documentId, token, updates)',
    replace: 'this.#store.receive(this.#documentId, token, updates.slice(1))',
  },
  {
    name: 'an outbox that drops without marking',
    rule: 'OUT-3',
    file: 'outbox.ts',
    find: 'if (this.#behind || seq <= this.#sent.seq + this.#waiting.length) return',
    replace: 'if (this.#behind || seq <= this.#sent.seq + this.#waiting.length || this.#waiting.length > 1) return',
  },
  {
    name: 'going live without looking at the room',
    rule: 'OUT-4',
    file: 'session.ts',
    find: 'if (this.outbox.sent.seq >= this.#room.headSeq && this.outbox.sent.seq >= slice.head) this.outbox.caughtUp()',
    replace: 'this.outbox.caughtUp()',
  },
]
