/**
 * A node like main.ts starts it, but with a fault between its rooms and what they stand on. For e2e/faults; the image
 * does not contain it. FAULT says which fault; those that happen once happen after SIGUSR2.
 */
import { writeSync } from 'node:fs'
import { readConfig } from '../src/config.ts'
import { endOnSignals } from '../src/drain.ts'
import { createLog } from '../src/log.ts'
import { startNode, type RoomGround } from '../src/node.ts'
import { compactingOnDemand, dyingAt, isFailpoint } from './failpoints.ts'
import { LossyRelay } from './lossy-relay.ts'

const STDOUT = 1

function say(line: string): void {
  writeSync(STDOUT, `${line}\n`) // at once: the next line may be the end
}

function withFault(fault: string, ground: RoomGround): { ground: RoomGround; onSignal(): void } {
  if (isFailpoint(fault)) {
    return dyingAt(fault, ground, () => {
      say(`failpoint ${fault}`)
      process.kill(process.pid, 'SIGKILL')
    })
  }
  if (fault === 'compact-on-demand') return compactingOnDemand(ground)
  if (fault === 'lossy-relay') {
    const relay = new LossyRelay(ground.relay, Number(process.env['FAULT_SEED']))
    return { ground: { ...ground, relay }, onSignal: () => say(`lossy relay ${JSON.stringify(relay.counts)}`) }
  }
  throw new RangeError(`There is no fault ${fault}.`)
}

const config = readConfig(process.env)
const log = createLog(config.logLevel)
const node = await startNode(config, log, (sound) => {
  const { ground, onSignal } = withFault(process.env['FAULT'] ?? '', sound)
  process.on('SIGUSR2', onSignal)
  return ground
})
endOnSignals(node, log)
say(`Tandem is ready: ${node.url}`)
