import type { DocumentId, UserId } from '@tandem/sync'

/** Who types, even with a key held down, tries less often than this. */
const MODEST_PER_SECOND = 15
const MOST_LEFT = 5
/** Of whom nothing is known yet: there may be many of them at once. */
const FIRST_LEFT = 3
/** Whoever tries too often is modest again a little after they have stopped. */
const LEAST_LEFT = -5
/** For so long after its limit was hit, tries in a document are counted. */
const REMEMBERED_MS = 10_000
const MOST_DOCUMENTS = 1_000
const MOST_USERS = 1_000

interface Bucket {
  left: number
  atMs: number
}

interface Crowd {
  untilMs: number
  readonly users: Map<UserId, Bucket>
}

/**
 * Documents in which all people together have hit their limit, and who of them writes modestly. Every try counts, refused
 * ones too: whoever floods never becomes modest, whoever types always is. Costs one lookup for a document that has not hit
 * its limit lately. Bounded; whoever is forgotten counts as modest for a few tries.
 */
export class CrowdedDocuments {
  readonly #now: () => number
  readonly #crowds = new Map<DocumentId, Crowd>()

  /** `now`: monotonic, ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** One more try. Whether it is a modest one; undefined when nothing is known of this document. */
  tried(documentId: DocumentId, userId: UserId): boolean | undefined {
    const crowd = this.#crowds.get(documentId)
    if (crowd === undefined) return undefined
    const nowMs = this.#now()
    if (nowMs < crowd.untilMs) return isModest(crowd, userId, nowMs)
    this.#crowds.delete(documentId)
    return undefined
  }

  /** This try was over the limit of the document; `tried` said of it what is passed here. Whether it is a modest one. */
  hitLimit(documentId: DocumentId, userId: UserId, wasModest: boolean | undefined): boolean {
    const nowMs = this.#now()
    const crowd = this.#crowds.get(documentId) ?? this.#begin(documentId)
    crowd.untilMs = nowMs + REMEMBERED_MS
    return wasModest ?? isModest(crowd, userId, nowMs)
  }

  #begin(documentId: DocumentId): Crowd {
    forgetOldest(this.#crowds, MOST_DOCUMENTS)
    const crowd: Crowd = { untilMs: 0, users: new Map() }
    this.#crowds.set(documentId, crowd)
    return crowd
  }
}

function isModest({ users }: Crowd, userId: UserId, nowMs: number): boolean {
  let bucket = users.get(userId)
  if (bucket === undefined) {
    forgetOldest(users, MOST_USERS)
    bucket = { left: FIRST_LEFT, atMs: nowMs }
    users.set(userId, bucket)
  }
  const refilled = Math.min(MOST_LEFT, bucket.left + ((nowMs - bucket.atMs) * MODEST_PER_SECOND) / 1000)
  bucket.left = Math.max(LEAST_LEFT, refilled - 1)
  bucket.atMs = nowMs
  return bucket.left >= 0
}

function forgetOldest<Key>(known: Map<Key, unknown>, most: number): void {
  const [oldest] = known.keys()
  if (known.size >= most && oldest !== undefined) known.delete(oldest)
}
