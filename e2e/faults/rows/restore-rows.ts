import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { closeAll, lostWords, newDocument, writersOf, writing } from '../kept-work.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import type { Writer } from '../writers.ts'

const run = promisify(execFile)
const PEOPLE = 3

export const F47: Row = {
  id: 'F47',
  injection:
    'pg_dump, everybody goes on writing, all nodes are killed, the dump is restored behind everybody’s back, under the same epochs (under new ones, which say it themselves: F39’s repair); one document’s people come back at once, another’s after somebody else has written its log past their place',
  promised: 'browsers that are ahead notice and offer what they have as a copy; nothing is merged blindly',
  passes: 'noticed by everybody; 0 words that were typed are neither in the document nor in a copy; 0 merged',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs / 2)
    await stage.settled()
    const tokens = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => stage.cluster.token(`ahead${index}`)))
    const [early, late] = [await Ahead.of(stage, 'early', tokens), await Ahead.of(stage, 'late', tokens)]
    try {
      await early.write(stage, partMs / 4)
      await late.write(stage, partMs / 4)
      const backup = join(stage.cluster.folder, 'backup.sql')
      await run('pg_dump', ['--clean', '--if-exists', `--file=${backup}`, stage.cluster.databaseUrl])
      await early.goAhead(stage, partMs / 2)
      await late.goAhead(stage, partMs / 2)
      await late.goAway()
      await Promise.all(stage.cluster.nodes.map((node) => node.kill()))
      await run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-1', '-f', backup, stage.cluster.databaseUrl])
      await Promise.all(stage.cluster.nodes.map((node) => node.start()))
      const noticedMs = await early.notice(stage)
      await late.overtake(stage)
      const noticedLateMs = await late.notice(stage)
      stage.write()
      await stage.wait(partMs)
      await stage.settled()
      const outcomes = [await early.outcome(stage), await late.outcome(stage)]
      const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, each) => total + of(each), 0)
      return {
        wordsAhead: sum(({ ahead }) => ahead),
        noticedMs,
        noticedLateMs,
        otherReasons: sum(({ otherReasons }) => otherReasons),
        lostWords: sum(({ lost }) => lost),
        mergedWords: sum(({ merged }) => merged),
      }
    } finally {
      await Promise.all([early.close(), late.close()])
    }
  },
  met: ({ wordsAhead = 0, otherReasons = 1, lostWords: lost = 1, mergedWords = 1 }) =>
    wordsAhead > 0 && otherReasons + lost + mergedWords === 0,
}

interface Outcome {
  /** Words that were saved after the backup. */
  readonly ahead: number
  /** People who were not told that the document has another life now. */
  readonly otherReasons: number
  readonly lost: number
  /** Words of after the backup that are in the document all the same. */
  readonly merged: number
}

/** A document and its people, each behind a line of their own to a node, who will have more than the server. */
class Ahead {
  readonly #documentId: string
  readonly #people: readonly Writer[]
  readonly #lines: readonly TcpProxy[]
  readonly #token: string
  #backedUp = new Set<string>()

  private constructor(
    documentId: string,
    parts: { people: readonly Writer[]; lines: readonly TcpProxy[]; token: string },
  ) {
    this.#documentId = documentId
    this.#people = parts.people
    this.#lines = parts.lines
    this.#token = parts.token
  }

  static async of(stage: Stage, prefix: string, tokens: readonly string[]): Promise<Ahead> {
    const documentId = await newDocument(stage, prefix)
    const { nodes } = stage.cluster
    const lines = await Promise.all(
      tokens.map((_, index) => TcpProxy.before(stage.cluster.node(index % nodes.length).port)),
    )
    const at = (index: number): string => `http://127.0.0.1:${lines[index]?.port}`
    const people = await writersOf(documentId, { prefix, tokens, at })
    return new Ahead(documentId, { people, lines, token: tokens[0] ?? '' })
  }

  async write(stage: Stage, durationMs: number): Promise<void> {
    const stop = writing(this.#people, { everyMs: 50, random: () => stage.random.fraction() })
    await stage.wait(durationMs)
    stop()
    await stage.until('they are saved', () => this.#people.every(({ saving }) => saving === 'saved'))
    this.#backedUp = new Set(this.#people.flatMap(({ typed }) => [...typed]))
  }

  /** Saved as well, but the backup does not have it. */
  async goAhead(stage: Stage, durationMs: number): Promise<void> {
    const backedUp = this.#backedUp
    await this.write(stage, durationMs)
    this.#backedUp = backedUp
  }

  async goAway(): Promise<void> {
    for (const line of this.#lines) {
      line.mode = { kind: 'refuse' }
      line.reset()
    }
  }

  /** Somebody who was never here writes the restored log past where its people are; then these come back. */
  async overtake(stage: Stage): Promise<void> {
    const words = this.#people.reduce((sum, { typed }) => sum + typed.size, 0)
    const [newcomer] = await writersOf(this.#documentId, {
      prefix: 'newcomer',
      tokens: [this.#token],
      at: () => `http://127.0.0.1:${stage.cluster.node(0).port}`,
    })
    if (newcomer === undefined) throw new RangeError('Nobody came.')
    for (let word = 0; word < words; word += 1) {
      newcomer.writeLasting(() => stage.random.fraction())
      await newcomer.saved()
    }
    await newcomer.close()
    for (const line of this.#lines) line.mode = { kind: 'pass' }
  }

  async notice(stage: Stage): Promise<number> {
    return stage.until('everybody who is ahead is told', () => this.#people.every(({ isBarred }) => isBarred))
  }

  async outcome(stage: Stage): Promise<Outcome> {
    const text = await stage.fresh(this.#documentId)
    const ahead = this.#people.flatMap(({ typed }) => [...typed]).filter((word) => !this.#backedUp.has(word))
    const reasons = this.#people.map(({ error }) => (error !== undefined && 'code' in error ? error.code : undefined))
    return {
      ahead: ahead.length,
      otherReasons: reasons.filter((code) => code !== 'other-epoch').length,
      lost: (await lostWords(this.#people, text)).length,
      merged: ahead.filter((word) => text.includes(word)).length,
    }
  }

  async close(): Promise<void> {
    await closeAll(this.#people)
    await Promise.all(this.#lines.map((line) => line.close()))
  }
}
