import { createHmac, hkdfSync } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { binaryEncoder } from '@tandem/sync'
import type { Stage } from './stage.ts'

const NODE = 'a-node-that-only-speaks'

/**
 * Says over Redis that access to a document has changed, as a node does after it changed the tables (`Rooms.accessChanged`):
 * signed with the key of this cluster. Layout and channel: apps/server/src/relay-envelope.ts.
 */
export async function sayAccessChanged({ cluster }: Stage, documentId: string): Promise<void> {
  const key = new Uint8Array(hkdfSync('sha256', cluster.secret, '', 'tandem relay 1', 32))
  const prefix = createHmac('sha256', key).update('channel').digest('hex').slice(0, 8)
  const channel = `tandem:${prefix}:room:${documentId}`
  const message = binaryEncoder().encode({ type: 'access', node: NODE })
  const body = Buffer.concat([Buffer.of(NODE.length), Buffer.from(NODE), new Uint8Array(Buffer.from(message))])
  const signature = createHmac('sha256', key).update(channel).update('\0').update(body).digest()
  const socket = connect(Number(new URL(cluster.redis.url).port), '127.0.0.1')
  const parts = [Buffer.from('PUBLISH'), Buffer.from(channel), Buffer.concat([signature, body])]
  socket.write(`*${parts.length}\r\n`)
  for (const part of parts) {
    socket.write(`$${part.length}\r\n`)
    socket.write(part)
    socket.write('\r\n')
  }
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  if (!answer.toString().startsWith(':2')) throw new Error(`Not both nodes listen to ${channel}: ${answer.toString()}`)
}
