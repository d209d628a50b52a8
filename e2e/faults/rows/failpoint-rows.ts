import type { NodeProgram } from '../../../scripts/parts/tandem-node.ts'
import { breaches } from '../checker.ts'
import { faultyNode } from '../faulty-node.ts'
import { bringBack } from '../people.ts'
import { PsqlSession, sql } from '../psql.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const FULL_PART_MS = 20_000
const WRITE_EVERY_MS = 200

/** A place between two steps. `die` resolves when node A has died there. */
interface Failpoint {
  readonly name: string
  /** Node A as it is started for it. */
  readonly program: NodeProgram
  die(stage: Stage): Promise<void>
}

const COMPACTING = faultyNode('compact-on-demand')
/** Rows go when they are seven days old. */
const DROPPING = faultyNode('compact-on-demand', {
  NODE_OPTIONS: `--import ${new URL('../programs/later-workers.ts', import.meta.url).href}`,
})

const FAILPOINTS: readonly Failpoint[] = [
  byItself('after_validate'),
  { name: 'after_insert', program: COMPACTING, die: (stage) => killHeldAt(stage, 1, () => undefined) },
  byItself('after_commit_before_ack'),
  byItself('after_ack_before_publish'),
  { name: 'mid_snapshot', program: COMPACTING, die: (stage) => killHeldAt(stage, 2, compact) },
  { name: 'mid_compact', program: DROPPING, die: killWhileDropping },
]

export const F2: Row = {
  id: 'F2',
  injection:
    '`kill -9` of node A at each of six places: after_validate, after_insert (before COMMIT), after_commit_before_ack, after_ack_before_publish, mid_snapshot, mid_compact',
  promised: 'exactly-once effect',
  passes: '6 x 20 deaths, 0 breaches; what was committed and not published is on B <= 6 s later',
  async run(stage, partMs) {
    const { deathsEach, writeMs } =
      partMs < FULL_PART_MS ? { deathsEach: 1, writeMs: 2_000 } : { deathsEach: 20, writeMs: 5_000 }
    await layHolds(stage)
    const onBMs: number[] = []
    for (const failpoint of FAILPOINTS)
      for (let death = 0; death < deathsEach; death += 1)
        onBMs.push(await dieAt(stage, failpoint, { writeMs, isQuietOnB: death % 2 === 0 }))
    await stage.cluster.node(0).start()
    return { deaths: onBMs.length, visibleOnBMaxMs: Math.max(...onBMs) }
  },
  met: ({ deaths = 0, visibleOnBMaxMs = Infinity }) => deaths >= 120 && visibleOnBMaxMs <= 6_000,
}

/**
 * One death with everybody writing before and after; when it is quiet on B, only the people of A write around it, so that no
 * push of B's own brings B what it was not told. Resolves with how long B took to show what the log had by then, ms.
 */
async function dieAt(
  stage: Stage,
  { name, program, die }: Failpoint,
  { writeMs, isQuietOnB }: { writeMs: number; isQuietOnB: boolean },
): Promise<number> {
  const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
  const ofA = stage.writers.slice(0, stage.writers.length / 2)
  await a.kill(b)
  await a.start(program)
  await bringBack(stage, a)
  const headBefore = await head(stage)
  stage.write()
  await stage.wait(writeMs / 2)
  if (isQuietOnB) stage.write(WRITE_EVERY_MS, ofA)
  await die(stage)
  const onBMs = await untilOnB(stage, await wordsAfter(stage, headBefore))
  a.front.leadTo(b.port)
  stage.write()
  await stage.wait(writeMs / 2)
  await stage.settled()
  const wrong = breaches({ ...(await stage.verdict()), crashes: [] }) // A is dead as it should be; B is looked at in the end
  if (wrong.length > 0) throw new Error(`${name}: ${wrong.join('; ')}`)
  return onBMs
}

// --- ways to die ----------------------------------------------------------------------------------

/** At a place that the node's own ports pass: it kills itself there once it is told to. */
function byItself(name: string): Failpoint {
  const die = async (stage: Stage): Promise<void> => {
    const a = stage.cluster.node(0)
    const before = a.log().length
    a.signal('SIGUSR2')
    await stage.until(`node A dies ${name}`, () => !a.running)
    if (!a.log().includes(`failpoint ${name}`, before)) throw new Error(`Node A died before ${name}.`)
  }
  return { name, program: faultyNode(name), die }
}

/**
 * Inside a transaction: the database holds node A there, and only then it is killed. Whether the database notices
 * that nobody waits for the answer any more is up to chance, as it is with real networks: it rolls back or commits.
 */
async function killHeldAt(stage: Stage, place: number, provoke: (stage: Stage) => void): Promise<void> {
  const holder = new PsqlSession(stage)
  await holder.ask(`select pg_advisory_lock(${place});`)
  const held = `from pg_stat_activity where wait_event = 'advisory' and application_name = 'node 0'`
  await stage.until(`node A is held by the database (${place})`, async () => {
    provoke(stage)
    return (await sql(stage, `select count(*) ${held}`)) !== '0'
  })
  await stage.cluster.node(0).kill()
  if (stage.random.fraction() < 0.5) await sql(stage, `select pg_terminate_backend(pid) ${held}`)
  await holder.close()
}

function compact(stage: Stage): void {
  stage.cluster.node(0).signal('SIGUSR2')
}

/** Rows go when they are old and an older snapshot than the newest covers them. */
async function killWhileDropping(stage: Stage): Promise<void> {
  const newest = `select coalesce(max(through_seq), 0) from snapshot where document_id = '${stage.documentId}'`
  const before = await sql(stage, newest)
  await stage.until('there is a new snapshot', async () => {
    compact(stage)
    return (await sql(stage, newest)) !== before
  })
  await killHeldAt(stage, 3, compact)
}

/** From here on node A waits inside its transactions wherever somebody holds the lock of that number. */
async function layHolds(stage: Stage): Promise<void> {
  await sql(
    stage,
    `create function hold() returns trigger language plpgsql as $$ begin
      if current_setting('application_name') = 'node 0' then perform pg_advisory_xact_lock_shared(tg_argv[0]::int); end if;
      return null;
    end $$;
    create constraint trigger hold_commit after insert on log_row deferrable initially deferred for each row execute function hold(1);
    create trigger hold_snapshot after insert on snapshot for each row execute function hold(2);
    create trigger hold_drop after delete on log_row for each statement execute function hold(3)`,
  )
}

// --- what the log has, and who sees it ------------------------------------------------------------

async function head(stage: Stage): Promise<string> {
  return sql(stage, `select head from document where id = '${stage.documentId}'`)
}

async function wordsAfter(stage: Stage, seq: string): Promise<readonly string[]> {
  const updates = await sql(
    stage,
    `select encode("update", 'escape') from log_row where document_id = '${stage.documentId}' and seq > ${seq}`,
  )
  return updates.match(/<w\d+:\d{6}>/g) ?? []
}

/** Nobody of node A has another way to it meanwhile. */
async function untilOnB(stage: Stage, words: readonly string[]): Promise<number> {
  const reader = stage.writers.at(-1)
  const deleted = (word: string): boolean => stage.writers.some((writer) => writer.deleted.has(word))
  return stage.until('what was committed is on B', () => {
    const text = reader?.text ?? ''
    return words.every((word) => text.includes(word) || deleted(word))
  })
}
