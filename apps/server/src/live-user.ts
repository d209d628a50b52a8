import { userTopic, type LiveEvents, type Listening, type User } from '@tandem/api'
import type { UserId } from '@tandem/sync'

interface Held {
  readonly user: { readonly userId: UserId; readonly isGuest: boolean; name: string }
  readonly listening: Listening
  holders: number
}

/** Those who have sockets on this node, one live object each: a rename, wherever it was made, is in all their contexts at once. */
export class LiveUsers {
  readonly #events: LiveEvents
  readonly #held = new Map<UserId, Held>()

  constructor(events: LiveEvents) {
    this.#events = events
  }

  /** `user.name` follows renames until `release`, which may be called twice. */
  hold(user: User): { user: User; release(): void } {
    const held = this.#held.get(user.userId) ?? this.#listen(user)
    held.user.name = user.name // just read from the database: the newest there is
    held.holders += 1
    let holding = true
    const release = (): void => {
      if (!holding) return
      holding = false
      held.holders -= 1
      if (held.holders > 0) return
      held.listening.close()
      this.#held.delete(user.userId)
    }
    return { user: held.user, release }
  }

  /** How many sockets the user has here. */
  count(userId: UserId): number {
    return this.#held.get(userId)?.holders ?? 0
  }

  #listen(user: User): Held {
    const live = { userId: user.userId, isGuest: user.isGuest, name: user.name }
    const listening = this.#events.listen(userTopic(user.userId), {
      event: (event) => {
        if (event.name === 'personRenamed') live.name = event.data.name
      },
    })
    const held: Held = { user: live, listening, holders: 0 }
    this.#held.set(user.userId, held)
    return held
  }
}
