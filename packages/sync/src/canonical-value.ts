import { bytesToHex } from '@noble/hashes/utils.js'

/**
 * A value of a mark, an attribute or an embedded object as a text that is the same wherever it is read: keys in order, and
 * nothing that the way through an update would lose (a key that is undefined, a number that is none).
 */
export function canonicalValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `"${value.replace(/["\\]/g, '\\$&')}"`
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null' // 0 and -0 read the same
    case 'bigint':
      return `${value}n`
    case 'boolean':
      return String(value)
    case 'object':
      return canonicalObject(value)
    default:
      return 'null'
  }
}

function canonicalObject(value: object | null): string {
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return `#${bytesToHex(value)}`
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join()}]`
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  entries.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, each]) => `${canonicalValue(key)}:${canonicalValue(each)}`).join()}}`
}
