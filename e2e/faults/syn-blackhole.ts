import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { workspaceNode } from '../../scripts/parts/workspace.mjs'

const PROGRAM = new URL('programs/plain-proxy.ts', import.meta.url)
/** On this machine a connection that is made is made in less. */
const CONNECT_MS = 500
const MOST_IN_QUEUE = 16

/**
 * A port whose kernel drops every SYN, as a firewall does: its listener is stopped and its queue is full. Whoever makes
 * one ends it.
 */
export class SynBlackhole {
  readonly port: number
  readonly #listener: ChildProcess
  readonly #queue: readonly Socket[]

  private constructor(listener: ChildProcess, port: number, queue: readonly Socket[]) {
    this.#listener = listener
    this.port = port
    this.#queue = queue
  }

  /** Once it is opened, it passes connections on to that port. */
  static async before(targetPort: number): Promise<SynBlackhole> {
    const listener = fork(PROGRAM, [`${targetPort}`], { execPath: workspaceNode })
    const [port] = (await once(listener, 'message')) as [number]
    listener.kill('SIGSTOP')
    const queue: Socket[] = []
    for (;;) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined) // dropped, as it should be
      queue.push(socket)
      const isMade = await Promise.race([once(socket, 'connect').then(() => true), pause(CONNECT_MS, false)])
      if (!isMade) return new SynBlackhole(listener, port, queue)
      if (queue.length > MOST_IN_QUEUE) throw new Error('The queue of a stopped listener does not fill up.')
    }
  }

  /** Connections are made from here on. */
  open(): void {
    for (const socket of this.#queue) socket.destroy()
    this.#listener.kill('SIGCONT')
  }

  end(): void {
    for (const socket of this.#queue) socket.destroy()
    this.#listener.kill('SIGKILL')
  }
}
