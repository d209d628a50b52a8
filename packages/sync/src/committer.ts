import { nextCheck, pushHash } from './check.ts'
import { SyncError, documentDamaged, documentDeleted } from './errors.ts'
import type { DecodedPart, Fit, KnownLog } from './known-log.ts'
import type { AppendOutcome, Author, Clock, Head, LogRow, Meter, NewRow, UpdateLog } from './ports.ts'
import type { DocumentId, Push, Pushed } from './protocol.ts'
import { PushQueue } from './push-queue.ts'
import { allows, type RoleBook, type RolesAt } from './role-book.ts'
import { WaitingBytes } from './waiting-bytes.ts'

/** What committing needs from its room. */
export interface CommitRoom {
  readonly known: KnownLog
  /** Reads the log from the head and delivers what it finds. Starts after this call. Throws SyncError. */
  reconcile(): Promise<void>
  /** The log moved under an append: these rows come first. Reconciles by itself if they do not follow. */
  takeMissed(head: Head, rows: readonly LogRow[]): Promise<void>
  /** Rows of this node are in the log now: show them. */
  committed(rows: readonly LogRow[], schemaVersion: number): void
  /** The log says that the document is gone. */
  gone(): void
}

interface Waiting {
  readonly author: Author
  readonly input: Push
  /** All of its edit. */
  readonly parts: readonly DecodedPart[]
  readonly bytes: number
  readonly hash: string
  readonly sinceMs: number
  settle(outcome: { seq: number } | { error: unknown }): void
}

interface Judged {
  readonly entry: Waiting
  /** [PART-3] Of one edit: next to each other, in one append. */
  readonly rows: readonly NewRow[]
}

/** One append carries at most this much; what is left goes into the next. */
const BATCH = { pushes: 200, bytes: 4 * 1024 * 1024 }
/** From this attempt on the log is asked to wait for the document's lock before it compares. */
const PATIENT_ATTEMPT = 3
/** A patient attempt is overtaken only by what this node does not know yet: the heartbeat will tell it, asking on will not. */
const MOST_ATTEMPTS = 10

/**
 * Takes pushes into the log: one append at a time; what is pushed meanwhile gathers into the next. A push is judged
 * when its append starts, against exactly the state that the append compares with, and again whenever that moved.
 */
export class Committer {
  readonly #documentId: DocumentId
  readonly #room: CommitRoom
  readonly #log: UpdateLog
  readonly #roles: RoleBook
  readonly #clock: Clock
  readonly #meter: Meter
  readonly #waiting = new PushQueue<Waiting>()
  /** In flight, too. */
  readonly #bytes = new WaitingBytes()
  #running: Promise<void> | undefined
  /** The outcome of an append is unknown: read before the next one. */
  #uncertain = false

  constructor(options: {
    documentId: DocumentId
    room: CommitRoom
    log: UpdateLog
    roles: RoleBook
    clock: Clock
    meter: Meter
  }) {
    this.#documentId = options.documentId
    this.#room = options.room
    this.#log = options.log
    this.#roles = options.roles
    this.#clock = options.clock
    this.#meter = options.meter
  }

  get isIdle(): boolean {
    return this.#running === undefined
  }

  /** Resolves when nothing is in flight. Never rejects. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /**
   * [ROOM-1] Resolves when the edit is durable; `input` is its push, or the push of its last part. Throws SyncError; after
   * 'retry' and 'rejoin' errors the same push may come again.
   */
  push(author: Author, input: Push, parts: readonly DecodedPart[]): Promise<Pushed> {
    const bytes = parts.reduce((sum, { update }) => sum + update.byteLength, 0)
    const hash = pushHash(...parts.map(({ update }) => update))
    const giveBack = this.#bytes.take(author.userId, bytes)
    return new Promise((resolve, reject) => {
      let settled = false
      const settle: Waiting['settle'] = (outcome) => {
        if (settled) return
        settled = true
        giveBack()
        if ('seq' in outcome) resolve({ seq: outcome.seq })
        else reject(outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)))
      }
      this.#waiting.add({ author, input, parts, bytes, hash, sinceMs: this.#clock.now(), settle })
      this.#running ??= this.#run()
    })
  }

  /** Starts a turn later, so that pushes which arrive together are written together. */
  async #run(): Promise<void> {
    await Promise.resolve()
    while (!this.#waiting.isEmpty) await this.#commit(this.#waiting.takeBatch(BATCH))
    this.#running = undefined
  }

  /** [ROOM-5] Nothing is acked, shown or relayed before the log has it. A refusal fails its pushes, never the room. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    let open = batch
    try {
      for (let attempt = 1; open.length > 0; attempt += 1) {
        if (this.#uncertain) await this.#room.reconcile()
        this.#uncertain = false
        const { judged, expected } = await this.#judge(open)
        open = judged.map(({ entry }) => entry)
        if (judged.length === 0) return
        const outcome = await this.#append(judged, expected, attempt)
        if (outcome.status === 'appended') return this.#acknowledge(judged, outcome, expected)
        if (outcome.status === 'gone') return (this.#room.gone(), fail(open, documentDeleted()))
        this.#meter.count('overtaken')
        if (attempt >= MOST_ATTEMPTS)
          throw new SyncError('overloaded', 'The document moves too fast. Send again in a moment.')
        await this.#room.takeMissed(outcome.head, outcome.missed)
      }
    } catch (error) {
      // Those that wait would meet the same log: they are told now, and come again after a pause.
      fail([...open, ...this.#waiting.takeAll()], error)
    }
  }

  async #append(judged: readonly Judged[], expected: Head, attempt: number): Promise<AppendOutcome> {
    const rows = judged.flatMap((each) => each.rows)
    const startedMs = this.#clock.now()
    if (attempt === 1) for (const { entry } of judged) this.#meter.observe('push_wait_ms', startedMs - entry.sinceMs)
    // Until it answers, nobody knows whether the rows are in the log.
    this.#uncertain = true
    const outcome = await this.#log.append(this.#documentId, expected, rows, { patient: attempt >= PATIENT_ATTEMPT })
    this.#uncertain = false
    this.#meter.observe('commit_ms', this.#clock.now() - startedMs)
    return outcome
  }

  #acknowledge(judged: readonly Judged[], outcome: { fromSeq: number; at: number }, expected: Head): void {
    const { at } = outcome
    let seq = outcome.fromSeq - 1
    const rows: LogRow[] = []
    for (const { entry, rows: own } of judged) {
      for (const { newClients: _, pushHash: __, ...row } of own) rows.push({ ...row, seq: (seq += 1), at })
      entry.settle({ seq })
    }
    this.#meter.count('pushes', judged.length)
    this.#room.committed(rows, expected.schemaVersion)
  }

  /** Settles what is refused, repeated or brings nothing new; the rest becomes rows for the state in `expected`. */
  async #judge(batch: readonly Waiting[]): Promise<{ judged: readonly Judged[]; expected: Head }> {
    let open = await this.#answerRepeats(batch)
    for (let looked = false; ; looked = true) {
      const userIds = open.map(({ author }) => author.userId)
      const roles = await this.#roles.load(userIds, this.#room.known.head.accessVersion)
      const round = this.#judgeNow(open, { looked, roles })
      if (round.lagging.length === 0) return round
      // [GAP-4] It refers to what this node has not seen: look at the log before refusing.
      await this.#room.reconcile()
      open = [...round.judged.map(({ entry }) => entry), ...round.lagging]
    }
  }

  /** Without an await: everything here is judged against one state. */
  #judgeNow(
    batch: readonly Waiting[],
    { looked, roles }: { looked: boolean; roles: RolesAt },
  ): { judged: Judged[]; lagging: Waiting[]; expected: Head } {
    const { head } = this.#room.known
    const judge = this.#room.known.judge()
    const judged: Judged[] = []
    const lagging: Waiting[] = []
    const inBatch = new Set<string>()
    let { check, schemaVersion } = head
    for (const entry of batch) {
      const { author, input, parts } = entry
      try {
        this.#authorise(entry, roles, Math.max(schemaVersion, head.schemaVersion))
        const key = `${author.userId} ${input.replicaId} ${input.pushId}`
        const fits = inBatch.has(key) ? 'nothing-new' : judge(author.userId, parts)
        // What makes it nothing new may be in this very batch, which is not durable yet: it is answered after it.
        if (fits === 'nothing-new' && judged.length > 0) this.#waiting.add(entry)
        else if (fits === 'nothing-new') entry.settle({ seq: head.head })
        else if (fits === 'missing') {
          if (looked)
            throw new SyncError('missing-updates', 'The update refers to updates that are not in the log. Join again.')
          lagging.push(entry)
        } else {
          inBatch.add(key)
          const rows = rowsOf(entry, fits, check)
          check = rows.at(-1)?.check ?? check
          schemaVersion = Math.max(schemaVersion, input.schemaVersion)
          judged.push({ entry, rows })
        }
      } catch (error) {
        this.#meter.count('pushes_refused')
        entry.settle({ error })
      }
    }
    return { judged, lagging, expected: { ...head, schemaVersion, accessVersion: roles.version } }
  }

  /** [ACC-2] Decided by the role of the very access version that the append compares. */
  #authorise({ author, input }: Waiting, { roles }: RolesAt, schemaVersion: number): void {
    if (input.epoch !== this.#room.known.head.epoch) {
      throw new SyncError('other-epoch', 'The document was restored to another state since this page has read it.')
    }
    // [DAMAGE-2] Before the role: whoever may not write may be told so when it can be written again.
    if (this.#room.known.head.damagedAfterMs !== undefined) throw documentDamaged()
    if (!allows(roles.get(author.userId), 'editor')) {
      throw new SyncError('not-allowed', 'You may read this document, not change it.')
    }
    if (input.schemaVersion < schemaVersion) {
      throw new SyncError('client-too-old', 'This page is older than the document. Reload it to go on writing.')
    }
  }

  /** [ROOM-6] A repeat is looked up before its role: it returns its first seq. The same push id with other bytes is an error. */
  async #answerRepeats(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    // All at once: whoever sends many repeats, or under many names, holds nobody up for long.
    const found = await Promise.all(batch.map((entry) => this.#found(entry)))
    return batch.filter((entry, index) => {
      const row = found[index]
      if (row === undefined) return true
      if (row.pushHash === entry.hash) {
        this.#meter.count('pushes_repeated')
        entry.settle({ seq: row.seq })
      } else {
        const message = `Push ${entry.input.pushId} of this replica is in the log with other bytes.`
        entry.settle({ error: new SyncError('push-id-reused', message) })
      }
      return false
    })
  }

  /** The row that a push has become already. */
  async #found({ author: { userId }, input }: Waiting): Promise<{ seq: number; pushHash: string } | undefined> {
    const { known } = this.#room
    const { replicaId, pushId } = input
    let last = known.lastPush(userId, replicaId)
    if (last === undefined) {
      last = await this.#log.lastPushId(this.#documentId, userId, replicaId)
      known.rememberPush(userId, replicaId, last)
    }
    return pushId > last ? undefined : this.#log.findPush(this.#documentId, { userId, replicaId, pushId })
  }
}

/** The rows of one edit, in a chain from `previous`. */
function rowsOf({ author, input, hash }: Waiting, fits: readonly Fit[], previous: string): readonly NewRow[] {
  let check = previous
  return fits.map((fit, index): NewRow => {
    check = nextCheck(check, fit.update)
    return {
      ...fit,
      check,
      userId: author.userId,
      replicaId: input.replicaId,
      pushId: input.pushId,
      ...(fits.length > 1 && { part: { part: index + 1, of: fits.length } }),
      pushHash: hash,
    }
  })
}

function fail(entries: readonly Waiting[], error: unknown): void {
  for (const { settle } of entries) settle({ error })
}
