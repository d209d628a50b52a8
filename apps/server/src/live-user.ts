import { userTopic, type LiveEvents, type Listening, type User } from '@tandem/api'
import type { UserId } from '@tandem/sync'

interface Held {
  readonly user: { readonly userId: UserId; readonly isGuest: boolean; name: string }
  readonly listening: Listening
  readonly onLoginEnded: Set<(loginId: string) => void>
  holders: number
}

/** Those who have sockets on this node, one live object each: a rename, wherever it was made, is in all their contexts at once. */
export class LiveUsers {
  readonly #events: LiveEvents
  readonly #onRenamed: (user: User) => void
  readonly #held = new Map<UserId, Held>()

  /** `onRenamed` hears of everybody who has a socket here and goes by another name. */
  constructor(events: LiveEvents, onRenamed: (user: User) => void = () => undefined) {
    this.#events = events
    this.#onRenamed = onRenamed
  }

  /** Until `release`, which may be called twice, `user.name` follows renames and `onLoginEnded` hears of each login that ends. */
  hold(user: User, onLoginEnded: (loginId: string) => void = () => undefined): { user: User; release(): void } {
    const held = this.#held.get(user.userId) ?? this.#listen(user)
    held.user.name = user.name // just read from the database: the newest there is
    held.holders += 1
    held.onLoginEnded.add(onLoginEnded)
    let holding = true
    const release = (): void => {
      if (!holding) return
      holding = false
      held.holders -= 1
      held.onLoginEnded.delete(onLoginEnded)
      if (held.holders > 0) return
      held.listening.close()
      this.#held.delete(user.userId)
    }
    return { user: held.user, release }
  }

  #listen(user: User): Held {
    const live = { userId: user.userId, isGuest: user.isGuest, name: user.name }
    const onLoginEnded: Held['onLoginEnded'] = new Set()
    const listening = this.#events.listen(userTopic(user.userId), {
      event: (event) => {
        if (event.name === 'personRenamed') {
          live.name = event.data.name
          this.#onRenamed(live)
        }
        if (event.name === 'loginEnded') for (const tell of onLoginEnded) tell(event.data.loginId)
      },
    })
    const held: Held = { user: live, listening, onLoginEnded, holders: 0 }
    this.#held.set(user.userId, held)
    return held
  }
}
