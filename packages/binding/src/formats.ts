import { encodeAny, toBase64 } from 'lib0/buffer'
import { digest } from 'lib0/hash/sha256'
import type { Attrs, Mark, MarkType, NodeType, Schema } from '@tiptap/pm/model'
import { Mark as MarkClass } from '@tiptap/pm/model'
import { UNSUPPORTED_MARK } from './unsupported-content.ts'

/**
 * Marks as Yjs formats, in y-prosemirror's way: the mark's name is the key and its attributes are the value; a mark that may
 * overlap itself (a comment) has a hash of itself behind the name. What the schema does not know becomes the unsupported
 * mark, which carries key and value through every edit. Elements have no formats: an inline atom keeps its marks as attributes.
 */
export type Formats = Readonly<Record<string, unknown>>

const HASHED = /^(.*)--[a-zA-Z0-9+/=]{8}$/s
const HASH_BYTES = 6
const ON_ELEMENT = '_mark_'

/** The marks to show, in the schema's order, as far as the parent allows them. The rest is left alone in Yjs. */
export function marksOf(formats: Formats | undefined, parent: NodeType): readonly Mark[] {
  if (formats === undefined) return MarkClass.none
  const marks: Mark[] = []
  for (const [key, value] of Object.entries(formats)) {
    const mark = value === null || value === undefined ? undefined : markOf(parent.schema, key, value)
    if (mark !== undefined && parent.allowsMarkType(mark.type)) marks.push(mark)
  }
  if (marks.length < 2) return marks
  // One after the other, as one may exclude another; sorted, so that everybody excludes the same.
  return MarkClass.setFrom(marks).reduce((set, mark) => mark.addToSet(set), MarkClass.none)
}

function markOf(schema: Schema, key: string, value: unknown): Mark | undefined {
  const type = schema.marks[key] ?? schema.marks[HASHED.exec(key)?.[1] ?? key]
  if (type === undefined || type.name === UNSUPPORTED_MARK)
    return schema.marks[UNSUPPORTED_MARK]?.create({ key, value })
  try {
    const attributes = typeof value === 'object' ? (value as Attrs) : {}
    const mark = type.create(attributes)
    checkAttributes(type, mark.attrs)
    return mark
  } catch {
    return schema.marks[UNSUPPORTED_MARK]?.create({ key, value }) // attributes of another version of this mark
  }
}

export function formatsOf(marks: readonly Mark[]): Record<string, unknown> {
  const formats: Record<string, unknown> = {}
  for (const mark of marks) {
    if (mark.type.name === UNSUPPORTED_MARK) formats[mark.attrs['key'] as string] = mark.attrs['value']
    else formats[keyOf(mark)] = mark.attrs
  }
  return formats
}

const overlapping = new WeakMap<MarkType, boolean>()

function keyOf(mark: Mark): string {
  let overlaps = overlapping.get(mark.type)
  if (overlaps === undefined) overlapping.set(mark.type, (overlaps = !mark.type.excludes(mark.type)))
  return overlaps ? `${mark.type.name}--${hashOf(mark.toJSON())}` : mark.type.name
}

/** As y-prosemirror hashes: SHA-256 folded into six bytes, in Base64. */
function hashOf(json: unknown): string {
  const bytes = digest(encodeAny(json as Parameters<typeof encodeAny>[0]))
  for (let index = HASH_BYTES; index < bytes.length; index += 1) bytes[index % HASH_BYTES]! ^= bytes[index]!
  return toBase64(bytes.slice(0, HASH_BYTES))
}

/**
 * Throws for a value that is not of the kind that the schema says (`validate`; ProseMirror itself looks only when asked to), and where it says
 * nothing, for an object that no text can be made of (`{ toString: 1 }`): whatever draws it would throw.
 */
export function checkAttributes({ spec }: NodeType | MarkType, attributes: Attrs): void {
  for (const [name, { validate }] of Object.entries(spec.attrs ?? {})) {
    const value = attributes[name] as unknown
    if (typeof validate === 'function') validate(value)
    else if (validate !== undefined && !validate.split('|').includes(value === null ? 'null' : typeof value))
      throw new RangeError(`The attribute ${name} must be ${validate}.`)
    else if (!isWritable(value)) throw new RangeError(`The attribute ${name} must be a value that can be written.`)
  }
}

function isWritable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWritable)
  return typeof (value as { toString?: unknown }).toString === 'function'
}

/** What to format where the marks change from one set to the other; undefined if they do not. Null takes a format away. */
export function formatChange(before: readonly Mark[], after: readonly Mark[]): Formats | undefined {
  if (MarkClass.sameSet(before, after)) return undefined
  const gone = before.filter((mark) => !mark.isInSet(after))
  const come = after.filter((mark) => !mark.isInSet(before))
  return { ...nulled(formatsOf(gone)), ...formatsOf(come) }
}

function nulled(formats: Formats): Formats {
  return Object.fromEntries(Object.keys(formats).map((key) => [key, null]))
}

/** An element's marks among its attributes. */
export function elementFormats(attributes: Formats): Formats | undefined {
  const entries = Object.entries(attributes).filter(([name]) => name.startsWith(ON_ELEMENT))
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(ON_ELEMENT.length), value]))
}

export function elementAttribute(format: string): string {
  return ON_ELEMENT + format
}
