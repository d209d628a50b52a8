import type { Context } from '@tandem/api'
import { SyncError, type Author, type DocumentId, type Frame } from '@tandem/sync'
import { OwnRoles } from './own-roles.ts'
import type { SocketCaps } from './socket-caps.ts'

type Rooms = Context['rooms']

export interface LinkPlacesPorts {
  readonly sharing: { comesByLink(documentId: DocumentId, userId: Author['userId']): Promise<boolean> }
  /** Of a document that is open on this node, as of what it knows. */
  readonly accessVersion: (documentId: DocumentId) => number | undefined
  readonly caps: Pick<SocketCaps, 'hold'>
  /** Sessions in one document, on all nodes; 0: as many as come. */
  readonly most: number
}

/**
 * The rooms behind the places of a document's link: a session of somebody whom it alone lets in holds one until it ends, and with none left
 * its join is refused with SyncError 'link-full'. Owners and those with a role of their own need none. It is asked as of the join,
 * or as of what this node knows of the document's access.
 */
export function linkPlaces(rooms: Rooms, ports: LinkPlacesPorts): Rooms {
  if (ports.most === 0) return rooms
  const own = new OwnRoles()
  return {
    join: (author, input, options) =>
      framesWithPlace(rooms.join(author, input, options), () => placeOf(author, input.documentId, { ...ports, own })),
    push: (...input) => rooms.push(...input),
    edit: (...input) => rooms.edit(...input),
    presence: (...input) => rooms.presence(...input),
    joinedRole: (...input) => rooms.joinedRole(...input),
    accessChanged: (...input) => rooms.accessChanged(...input),
    announce: (...input) => rooms.announce(...input),
  }
}

type GiveBack = () => void

async function placeOf(
  { userId }: Author,
  documentId: DocumentId,
  { sharing, accessVersion, caps, most, own }: LinkPlacesPorts & { readonly own: OwnRoles },
): Promise<GiveBack | undefined> {
  const version = accessVersion(documentId)
  if (own.has(documentId, userId, version)) return undefined
  if (!(await sharing.comesByLink(documentId, userId))) {
    own.remember(documentId, userId, version)
    return undefined
  }
  const giveBack = await caps.hold('link', documentId)
  if (giveBack !== undefined) return giveBack
  throw new SyncError(
    'link-full',
    `${most} people have this document open by its address already (SESSIONS_PER_LINK). You are let in as soon as one of them leaves. Its owner can let you in at once, by giving you a role or an invite link.`,
  )
}

/** The same frames, once there is a place. Who needs none gets them without a layer around them: they are the hot path. */
function framesWithPlace(
  frames: AsyncGenerator<Frame, void, undefined>,
  place: () => Promise<GiveBack | undefined>,
): typeof frames {
  let isBegun = false
  let isOver = false
  let giveBack: GiveBack | undefined
  const over = (): void => {
    isOver = true
    giveBack?.()
  }
  const untilOver = async (next: Promise<IteratorResult<Frame, void>>): Promise<IteratorResult<Frame, void>> => {
    try {
      const result = await next
      if (result.done === true) over()
      return result
    } catch (error) {
      over()
      throw error
    }
  }
  const begin = async (): Promise<IteratorResult<Frame, void>> => {
    giveBack = await place()
    if (isOver) giveBack?.() // it was given up meanwhile
    return frames.next()
  }
  return {
    next() {
      if (isBegun) return giveBack === undefined ? frames.next() : untilOver(frames.next())
      isBegun = true
      return untilOver(begin())
    },
    return(value) {
      over()
      return frames.return(value)
    },
    throw(error) {
      over()
      return frames.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]() {
      over()
      return frames[Symbol.asyncDispose]()
    },
  }
}
