import type { PresenceEntry, SessionId, UserId } from '@tandem/sync'

/** Somebody who has the document open, without their caret. One person with two tabs is here twice. */
export interface PresentPerson {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly name: string
  /** #rrggbb */
  readonly color: string
  /** This very session. */
  readonly isSelf: boolean
}

/** In the order in which they came; `before` itself when nothing changed but carets. */
export function presentPeople(
  before: readonly PresentPerson[],
  people: ReadonlyMap<SessionId, PresenceEntry>,
  self: SessionId | undefined,
): readonly PresentPerson[] {
  const now = Array.from(people, ([sessionId, { person }]) => ({ ...person, sessionId, isSelf: sessionId === self }))
  const known = new Map(before.map((person) => [person.sessionId, person]))
  const isSame = (person: PresentPerson) => {
    const was = known.get(person.sessionId)
    return was?.name === person.name && was.color === person.color && was.isSelf === person.isSelf
  }
  return now.length === before.length && now.every(isSame) ? before : now
}
