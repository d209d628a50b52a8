import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Stage } from './stage.ts'

/** One command over a connection of its own, in Redis' inline form; resolves with the raw answer. */
export async function redisCommand(stage: Stage, command: string): Promise<string> {
  const socket = connectToRedis(stage)
  return new Promise((resolve, reject) => {
    let answer = ''
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.end(`${command}\r\nQUIT\r\n`)
  })
}

/** The channels that somebody subscribes to. */
export async function channels(stage: Stage): Promise<readonly string[]> {
  const answer = await redisCommand(stage, 'PUBSUB CHANNELS *')
  return answer.split('\r\n').filter((line) => /^[^*$+:-]/.test(line))
}

/** Publishes that many bytes of nothing, message after message, each when Redis has passed on the one before. */
export async function publishGarbage(
  stage: Stage,
  channel: string,
  { messages, bytesEach }: { messages: number; bytesEach: number },
): Promise<void> {
  const socket = connectToRedis(stage)
  const parts = ['PUBLISH', channel, 'x'.repeat(bytesEach)]
  const message = `*3\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`
  for (let sent = 0; sent < messages; sent += 1) {
    socket.write(message)
    await once(socket, 'data')
  }
  socket.destroy()
}

function connectToRedis(stage: Stage): Socket {
  return connect(Number(new URL(stage.cluster.redis.url).port), '127.0.0.1')
}
