/** What adapters are checked against: `describeUpdateLog('mine', make)` in a test file of the adapter's package. */
export { describeRelay, type RelayFixture } from './relay.contract.ts'
export type { DamagedPart, UpdateLogFixture } from './log-bench.ts'
export { describeUpdateLog } from './update-log.contract.ts'
