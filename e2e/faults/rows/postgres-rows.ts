import { sql } from '../psql.ts'
import { percentile, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'

async function allSaved(stage: Stage): Promise<number> {
  return stage.until('everybody is saved', () => stage.writers.every(({ saving }) => saving === 'saved'))
}

export const F16: Row = {
  id: 'F16',
  injection: 'PostgreSQL stopped at once (`stop -m immediate`), started again later',
  promised: 'editing goes on locally and says that it is not saved; the nodes stay up',
  passes: 'no false "saved"; everything acked <= 10 s after its return',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs)
    await stage.cluster.postgres.child.stop('SIGQUIT')
    await stage.wait(1_000)
    const claims = stage.writers.filter(({ saving }) => saving === 'saved').length
    await stage.wait(partMs)
    stage.stopWriting()
    await stage.cluster.restartPostgres()
    const ackedMs = await allSaved(stage)
    return { saidSavedWhileDown: claims, ackedMs, equalMs: await stage.settled() }
  },
  met: ({ ackedMs = Infinity, saidSavedWhileDown = 1 }) => ackedMs <= 10_000 && saidSavedWhileDown === 0,
}

export const F17: Row = {
  id: 'F17',
  injection: '`pg_terminate_backend` of every connection, again and again',
  promised: 'the pool heals',
  passes: 'no exit; longest gap between acks <= 3 s',
  async run(stage, partMs) {
    stage.write()
    const untilMs = performance.now() + partMs * 2
    let killed = 0
    while (performance.now() < untilMs) {
      const count = await sql(
        stage,
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and datname = 'tandem'",
      )
      killed += Number(count)
      await stage.wait(1_000)
    }
    await stage.settled()
    const gaps = stage.writers.flatMap(({ ackGapsMs }) => ackGapsMs)
    return { killedConnections: killed, gapMaxMs: Math.max(0, ...gaps), gapP50Ms: percentile(gaps, 0.5) }
  },
  met: ({ gapMaxMs = Infinity, killedConnections = 0 }) => gapMaxMs <= 3_000 && killedConnections > 0,
}

export const F19: Row = {
  id: 'F19',
  injection: 'the way to PostgreSQL swallows everything, no reset',
  promised: 'timeouts make it a failure that is seen',
  passes: 'seen <= 6 s; recovered <= 5 s after it heals',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs / 2)
    for (const { postgres } of stage.cluster.nodes) postgres.mode = { kind: 'blackhole' }
    const seenMs = await stage.until('everybody is told that it is not saved', () =>
      stage.writers.every(({ saving }) => saving === 'unsaved'),
    )
    await stage.wait(partMs)
    stage.stopWriting()
    for (const { postgres } of stage.cluster.nodes) postgres.mode = { kind: 'pass' }
    const healedMs = await allSaved(stage)
    await stage.settled()
    return { seenMs, healedMs }
  },
  met: ({ seenMs = Infinity, healedMs = Infinity }) => seenMs <= 6_000 && healedMs <= 5_000,
}

export const F20: Row = {
  id: 'F20',
  injection: 'connections to PostgreSQL cut after a random number of bytes: COMMIT sent, no answer, again and again',
  promised: 'a repeat returns the same seq',
  passes: 'nothing twice',
  async run(stage, partMs) {
    stage.write()
    const untilMs = performance.now() + partMs * 2
    let cuts = 0
    while (performance.now() < untilMs) {
      for (const { postgres } of stage.cluster.nodes)
        postgres.mode = { kind: 'cut-after', bytes: 200 + Math.floor(stage.random.fraction() * 3_000) }
      await stage.wait(150)
      for (const { postgres } of stage.cluster.nodes) postgres.mode = { kind: 'pass' }
      await stage.wait(100)
      cuts += 1
    }
    await stage.settled()
    const repeated = await sql(
      stage,
      'select count(*) from (select 1 from log_row group by document_id, user_id, replica_id, push_id having count(*) > 1) as r',
    )
    const rows = await sql(stage, 'select count(*) from log_row')
    return { rounds: cuts, rows: Number(rows), duplicates: Number(repeated) }
  },
  met: ({ duplicates = 1 }) => duplicates === 0,
}
