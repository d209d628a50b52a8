import type { Mutant } from './mutant.ts'

/** Rules of the browser's copy. */
export const REPLICA_MUTANTS: readonly Mutant[] = [
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
    find: 'this.#token = token\n    const schemaVersion',
    replace: 'this.#token = { ...token, seq: token.seq + (updates.length === 0 ? 1 : 0) }\n    const schemaVersion',
  },
  {
    name: 'an acked push is forgotten instead of received',
    rule: 'REP-7',
    file: '../test/world-store.ts',
    find: 'if (unsent !== undefined) this.updates.push(unsent.update)',
    replace: '',
  },
  {
    name: 'the token is stored without all that it covers',
    rule: 'REP-7',
    file: 'replica-copy.ts',
    find: 'this.#store.receive(this.#documentId, token, updates, schemaVersion)',
    replace: 'this.#store.receive(this.#documentId, token, updates.slice(1), schemaVersion)',
  },
  {
    name: 'a refusal leaves no copy',
    rule: 'REP-6',
    file: 'replica.ts',
    find: 'await this.#copy.setAside(isWorth ? copy : undefined)',
    replace: 'await this.#copy.setAside(undefined)',
  },
  {
    name: 'an older page writes into what a newer one has stored',
    rule: 'REP-9',
    file: 'replica.ts',
    find: 'this.#join.schemaReached(stored.schemaVersion)',
    replace: '',
  },
  {
    name: 'half a split edit is shown',
    rule: 'PART-5',
    file: 'replica-copy.ts',
    find: 'this.#unfinished = frame.goesOn === true ?',
    replace: 'this.#unfinished = false ?',
  },
]
