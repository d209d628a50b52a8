import { LIMITS } from './limits.ts'
import type { Presence, Push } from './protocol.ts'

/**
 * What the schemas `Push` and `Presence` take, and nothing else, read by hand: a caret takes zod 2.0 us and this 0.4, a push 1.1 and
 * 0.35, and that is most of what a busy node hears. `hot-input.test.ts` holds both to the same verdict on any input.
 */

/** Undefined: it is no push. */
export function readPush(input: unknown): Push | undefined {
  if (!isRecord(input)) return undefined
  const { documentId, epoch, replicaId, pushId, update, part, schemaVersion, sentAt } = input
  const isPush =
    isId(documentId) &&
    isId(epoch) &&
    isId(replicaId) &&
    isCount(pushId, 1) &&
    update instanceof Uint8Array &&
    (part === undefined || isPart(part)) &&
    isCount(schemaVersion, 0) &&
    (sentAt === undefined || Number.isFinite(sentAt)) &&
    hasOnly(input, isPushKey)
  return isPush ? (input as Push) : undefined
}

/** Undefined: it is no presence. */
export function readPresence(input: unknown): Presence | undefined {
  if (!isRecord(input)) return undefined
  const { documentId, sessionId, caret } = input
  const isPresence = isId(documentId) && isId(sessionId) && isCaret(caret) && hasOnly(input, isPresenceKey)
  return isPresence ? (input as Presence) : undefined
}

function isCaret(value: unknown): boolean {
  if (value === null) return true
  if (!isRecord(value)) return false
  return isPosition(value['anchor']) && isPosition(value['head']) && hasOnly(value, isCaretKey)
}

function isPosition(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { type, tname, item, assoc } = value
  return (
    isPlace(type) &&
    (tname === null || (typeof tname === 'string' && tname.length <= 64)) &&
    isPlace(item) &&
    (assoc === 0 || assoc === -1 || assoc === 1) &&
    hasOnly(value, isPositionKey)
  )
}

function isPlace(value: unknown): boolean {
  if (value === null) return true
  if (!isRecord(value)) return false
  return isCount(value['client'], 0) && isCount(value['clock'], 0) && hasOnly(value, isPlaceKey)
}

function isPart(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { part, of } = value
  return isCount(part, 1) && isCount(of, 2) && of <= LIMITS.editParts && hasOnly(value, isPartKey)
}

const ID = /^[A-Za-z0-9_-]{8,64}$/

function isId(value: unknown): boolean {
  return typeof value === 'string' && ID.test(value)
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

type KeyTest = (key: string) => boolean

const isPushKey = oneOf('documentId', 'epoch', 'replicaId', 'pushId', 'update', 'part', 'schemaVersion', 'sentAt')
const isPresenceKey = oneOf('documentId', 'sessionId', 'caret')
const isCaretKey = oneOf('anchor', 'head')
const isPositionKey = oneOf('type', 'tname', 'item', 'assoc')
const isPlaceKey = oneOf('client', 'clock')
const isPartKey = oneOf('part', 'of')

function oneOf(...keys: readonly string[]): KeyTest {
  const known = new Set(keys)
  return (key) => known.has(key)
}

function hasOnly(value: object, isKnown: KeyTest): boolean {
  for (const key in value) if (!isKnown(key)) return false
  return true
}
