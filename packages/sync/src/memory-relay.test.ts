import { describeRelay } from '../test/contract.ts'
import { MemoryRelayHub } from './memory-relay.ts'

describeRelay('memory', async () => {
  const hub = new MemoryRelayHub()
  const relays = new Set<{ close(): void }>()
  return {
    node: async () => {
      const relay = hub.relay()
      relays.add(relay)
      return { relay, close: async () => relay.close() }
    },
    interrupt: async () => hub.interrupt(),
    close: async () => {
      for (const relay of relays) relay.close()
    },
  }
})
