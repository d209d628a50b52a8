import { utf8ByteLength } from 'lib0/string'
import * as Y from 'yjs'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { throwIfTooLong } from './update-reader.ts'

/** What the updates that people push may hold, beyond being well-formed. */
export interface UpdateContents {
  /** Names of the roots that documents have (`doc.getText(name)` and its like); left out: any plain name of [A-Za-z0-9_.:-]. */
  readonly roots?: ReadonlySet<string>
}

type Struct = Y.Item | Y.GC | Y.Skip

const PLAIN_NAME = new RegExp(`^[A-Za-z0-9_.:-]{1,${LIMITS.nameLength}}$`)

/**
 * [VAL-8] [VAL-9] [VAL-11] Refuses roots that documents do not have, keys that are too long, and types nested too deeply.
 * Throws SyncError 'malformed-update' or 'update-too-large'. The structs must be in order (VAL-7). What kind of type a root
 * is cannot be seen here: an update names its root, and each replica decides by how it asks for it.
 */
export function judgeContents(structs: readonly Struct[], { roots }: UpdateContents): void {
  let types = 0
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue
    const { content, parentSub } = struct
    // Typed as a type, or none; as it was read, a root's parent is its name.
    const parent: unknown = struct.parent
    if (typeof parent === 'string' && !(roots?.has(parent) ?? PLAIN_NAME.test(parent))) throw foreignRoot(parent)
    if (parentSub !== null) throwIfTooLong(utf8ByteLength(parentSub))
    if (content instanceof Y.ContentType) types += 1
    // What Yjs wrote before 2020; its values are read as strings, like text.
    else if (content instanceof Y.ContentJSON) {
      for (const value of content.arr) throwIfTooLong(utf8ByteLength(JSON.stringify(value) ?? ''))
    }
  }
  // Nothing is nested more deeply than there are types.
  if (types < LIMITS.updateDepth) return
  const depth = deepest(structs)
  if (depth <= LIMITS.updateDepth) return
  throw new SyncError(
    'update-too-large',
    `Content nested ${depth} levels deep; the limit is ${LIMITS.updateDepth} (LIMITS.updateDepth).`,
  )
}

/**
 * How deep an update nests by itself: what lies in a root, or in a type that it does not bring, is at 1.
 * An item is one level below its parent, which it names, or on the level of the neighbour that it names instead.
 */
function deepest(structs: readonly Struct[]): number {
  const byClient = new Map<number, Struct[]>()
  let own: Struct[] = []
  for (const struct of structs) {
    if (struct.id.client !== own[0]?.id.client)
      byClient.set(struct.id.client, (own = byClient.get(struct.id.client) ?? []))
    own.push(struct)
  }
  const depths = new Map<Struct, number>()
  let deepestYet = 0
  for (const struct of structs) {
    if (!(struct instanceof Y.Item && struct.content instanceof Y.ContentType)) continue
    const path: Struct[] = []
    let at: Struct | undefined = struct
    for (; at !== undefined && !depths.has(at); at = structAt(byClient, parentOf(at) ?? neighbourOf(at))) path.push(at)
    let depth = at === undefined ? 0 : (depths.get(at) ?? 0)
    for (let each = path.pop(); each !== undefined; each = path.pop()) {
      depth = Math.max(1, parentOf(each) === undefined ? depth : depth + 1)
      depths.set(each, depth)
    }
    deepestYet = Math.max(deepestYet, depth)
  }
  return deepestYet
}

function parentOf(struct: Struct): Y.ID | undefined {
  const parent: unknown = struct instanceof Y.Item ? struct.parent : undefined
  return parent instanceof Y.ID ? parent : undefined
}

function neighbourOf(struct: Struct): Y.ID | undefined {
  return struct instanceof Y.Item ? (struct.origin ?? struct.rightOrigin ?? undefined) : undefined
}

/** Of a client's structs, which follow each other without a hole, the one that this clock lies in. */
function structAt(byClient: ReadonlyMap<number, readonly Struct[]>, id: Y.ID | undefined): Struct | undefined {
  const own = id && byClient.get(id.client)
  if (id === undefined || own === undefined) return undefined
  let [from, to] = [0, own.length - 1]
  while (from < to) {
    const middle = Math.ceil((from + to) / 2)
    if ((own[middle]?.id.clock ?? Infinity) <= id.clock) from = middle
    else to = middle - 1
  }
  const found = own[from]
  return found !== undefined && found.id.clock <= id.clock && id.clock < found.id.clock + found.length
    ? found
    : undefined
}

function foreignRoot(name: string): SyncError {
  const shown = JSON.stringify(name.slice(0, LIMITS.nameLength))
  return new SyncError(
    'malformed-update',
    `The update writes into a root called ${shown}, which documents here do not have.`,
  )
}
