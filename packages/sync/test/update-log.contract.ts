import { afterAll, beforeAll, describe } from 'vitest'
import { LogBench, type UpdateLogFixture } from './log-bench.ts'
import { damageRules } from './update-log-damage.contract.ts'
import { readingRules } from './update-log-reads.contract.ts'
import { writingRules } from './update-log-writes.contract.ts'

/**
 * What every UpdateLog (and the Access beside it) keeps, whatever it is made of; SPEC.md has the sentences. `make` is
 * called once: rows are real Yjs updates, and every rule makes documents of its own.
 */
export function describeUpdateLog(name: string, make: () => Promise<UpdateLogFixture>): void {
  describe(`UpdateLog: ${name}`, () => {
    let bench: LogBench
    beforeAll(async () => {
      bench = new LogBench(await make())
    })
    afterAll(() => bench?.fixture.close())

    writingRules(() => bench)
    readingRules(() => bench)
    damageRules(() => bench)
  })
}
