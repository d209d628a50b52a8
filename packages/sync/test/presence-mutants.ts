import type { Mutant } from './mutant.ts'

/** Rules of carets, and of who is shown what when. */
export const PRESENCE_MUTANTS: readonly Mutant[] = [
  {
    name: "a session moves another's caret",
    rule: 'PRES-2',
    file: 'room.ts',
    find: 'session.author.userId !== author.userId',
    replace: 'false',
  },
  {
    name: 'presence does not wait for its tick',
    rule: 'PRES-3',
    file: 'room.ts',
    find: 'this.who.stamp(sessionId, author, caret)',
    replace: 'this.who.stamp(sessionId, author, caret); this.presenceTick()',
  },
  {
    name: 'carets leave with every text',
    rule: 'PRES-11',
    file: 'room-presence.ts',
    find: 'if (this.#ticksLeft === 0 && this.#send(sessions))',
    replace: 'if (this.#send(sessions))',
  },
  {
    name: 'who watches is not woken by the tick',
    rule: 'ROOM-15',
    file: 'deliveries.ts',
    find: 'for (const session of this.#watching) session.wake()',
    replace: '',
  },
]
