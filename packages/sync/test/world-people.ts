import { colorOf } from '../src/presence-board.ts'
import type { NodeId, PresenceEntry, SessionId, UserId } from '../src/protocol.ts'
import type { WorldReplica } from './world-replica.ts'
import type { World } from './world.ts'

/** Who is really here: every session a node has minted, whose it is, and which nodes have died. */
export class WorldPeople {
  readonly #world: World
  readonly #mintedOn = new Map<string, NodeId>()
  readonly #owners = new Map<SessionId, UserId>()
  readonly #died = new Set<NodeId>()
  /** Also of those who have closed their last tab. */
  readonly #names = new Map<UserId, string>()

  constructor(world: World) {
    this.#world = world
  }

  minted(id: string, node: NodeId): string {
    this.#mintedOn.set(id, node)
    return id
  }

  came({ userId, name }: WorldReplica): void {
    this.#names.set(userId, name)
  }

  welcomed(sessionId: SessionId, userId: UserId): void {
    this.#owners.set(sessionId, userId)
  }

  died(node: NodeId): void {
    this.#died.add(node)
  }

  /** [PRES-1] [PRES-6] At every step: whoever is shown is a session of that very person, on a node that was heard of lately. */
  check(): void {
    for (const replica of this.#world.replicas) {
      for (const entry of replica.replica.people.values()) {
        this.#world.count('people')
        const wrong = this.#forged(entry) ?? this.#outlived(replica, entry)
        if (wrong !== undefined) this.#world.promises.break(`${replica.name} is shown ${entry.person.name}, ${wrong}.`)
      }
    }
  }

  /** [PRES-4] After everything healed: exactly those who are here, each where its caret is now. Undefined: it is so. */
  inexact(): string | undefined {
    const here = this.#world.replicas.filter(({ replica }) => replica.view.phase === 'live')
    const sessions = new Map(here.map((replica) => [replica.replica.sessionId, replica]))
    for (const { name, replica } of here) {
      const missing = here.find((other) => !replica.people.has(other.replica.sessionId ?? ('' as SessionId)))
      if (missing !== undefined) return `${name} is not shown ${missing.name}`
      for (const { sessionId, caret } of replica.people.values()) {
        const owner = sessions.get(sessionId)
        if (owner === undefined) return `${name} is shown ${sessionId}, who has left`
        const own = owner.replica === replica
        if (!own && JSON.stringify(caret) !== JSON.stringify(owner.caret)) return `${name} sees ${owner.name} elsewhere`
      }
    }
    return undefined
  }

  #forged({ sessionId, person }: PresenceEntry): string | undefined {
    const owner = this.#owners.get(sessionId)
    if (!this.#mintedOn.has(sessionId)) return 'in a session that no node has minted'
    if (owner !== undefined && owner !== person.userId) return `in a session of ${owner}`
    const name = this.#names.get(person.userId)
    return name !== person.name || person.color !== colorOf(person.userId) ? 'under another name or colour' : undefined
  }

  #outlived({ link, replica }: WorldReplica, { sessionId }: PresenceEntry): string | undefined {
    const node = this.#mintedOn.get(sessionId)
    if (node === undefined || !this.#died.has(node) || replica.view.phase !== 'live') return undefined
    // What waits for its session's turn brings the news with it.
    const isDrained = link?.isQuiet === true && link.node.rooms?.stats.outboxBytes === 0
    return isDrained && link.node.mustHaveForgotten(node) ? 'of a node that fell silent' : undefined
  }
}
