import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import * as Y from 'yjs'
import { canonicalValue } from './canonical-value.ts'

/** Nothing that people write nests so deep; what does is not compared. */
const MOST_DEPTH = 1_000
const FLUSH_LENGTH = 64 * 1024

/** Of any type in a document, also of a root that nobody has asked for by its kind: its sequence and its keys. */
type Contents = Pick<Y.Text, '_start' | '_map'>

/**
 * [DIV-1] [DIV-2] What a document says, as it is read, in 64 hex digits: equal for equal documents, whoever wrote them, in whatever order they
 * were put together, and however Yjs has cut their runs; different when a letter, a mark, an attribute or a block is.
 * Undefined: it nests too deeply. Costs milliseconds for each megabyte.
 */
export function contentDigest(doc: Y.Doc): string | undefined {
  const digest = new Digest()
  for (const name of [...doc.share.keys()].sort()) {
    const root = doc.share.get(name)
    // Asking for a root by name makes it, empty.
    if (root === undefined || (root._start === null && root._map.size === 0)) continue
    digest.say(`R${quoted(name)}`)
    if (!sayContents(root, digest, 0)) return undefined
  }
  return digest.end()
}

/** False: too deep. */
function sayContents(type: Contents, digest: Digest, depth: number): boolean {
  if (depth > MOST_DEPTH) return false
  const marks = new Marks()
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue
    const { content } = item
    if (content instanceof Y.ContentFormat) marks.set(content.key, content.value)
    else if (content instanceof Y.ContentString) digest.text(content.str, marks.said)
    else if (!sayUnits(content, content.getContent(), { digest, depth, marks: marks.said })) return false
  }
  for (const key of [...type._map.keys()].sort()) {
    const item = type._map.get(key)
    if (item === undefined || item.deleted) continue
    digest.say(`K${quoted(key)}`)
    // Of what was ever set under a key the newest is last.
    if (!sayUnits(item.content, item.content.getContent().slice(-1), { digest, depth, marks: '' })) return false
  }
  return true
}

interface Place {
  readonly digest: Digest
  readonly depth: number
  readonly marks: string
}

function sayUnits(content: Y.Item['content'], units: readonly unknown[], { digest, depth, marks }: Place): boolean {
  if (content instanceof Y.ContentType) {
    digest.say(`<${kindOf(content.type)}${marks}`)
    if (!sayContents(content.type, digest, depth + 1)) return false
    digest.say('>')
    return true
  }
  for (const unit of units)
    digest.say(unit instanceof Y.Doc ? `D${quoted(unit.guid)}` : `V${marks}${canonicalValue(unit)}`)
  return true
}

/** Not the name of the class: a built page has others. */
function kindOf(type: unknown): string {
  if (type instanceof Y.XmlElement) return `x${quoted(type.nodeName)}`
  if (type instanceof Y.XmlFragment) return 'f'
  if (type instanceof Y.XmlText) return 'y'
  if (type instanceof Y.Text) return 't'
  if (type instanceof Y.XmlHook) return `h${quoted(type.hookName)}`
  return type instanceof Y.Map ? 'm' : 'a'
}

/** The marks that stand where the sequence has been read to: one that is null has ended. */
class Marks {
  readonly #set = new Map<string, string>()
  #said: string | undefined = ''

  set(name: string, value: unknown): void {
    if (value === null) this.#set.delete(name)
    else this.#set.set(name, canonicalValue(value))
    this.#said = undefined
  }

  get said(): string {
    return (this.#said ??= [...this.#set]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `M${quoted(name)}${value}`)
      .join(''))
  }
}

/** Feeds a hash in large pieces; runs of text with the same marks are one. */
class Digest {
  readonly #hash = sha256.create()
  #pieces: string[] = []
  #length = 0
  /** The marks of the text that goes on. */
  #run: string | undefined

  text(text: string, marks: string): void {
    if (this.#run !== marks) {
      this.say(`${marks}T"`)
      this.#run = marks
    }
    this.#add(escaped(text))
  }

  say(token: string): void {
    if (this.#run !== undefined) this.#add('"')
    this.#run = undefined
    this.#flushLong()
    this.#add(token)
  }

  end(): string {
    this.say('.')
    this.#flush()
    return bytesToHex(this.#hash.digest())
  }

  #add(piece: string): void {
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** Between tokens only: two halves of one character may come in two pieces of text. */
  #flushLong(): void {
    if (this.#length >= FLUSH_LENGTH) this.#flush()
  }

  #flush(): void {
    this.#hash.update(utf8ToBytes(this.#pieces.join('')))
    this.#pieces = []
    this.#length = 0
  }
}

function quoted(text: string): string {
  return `"${escaped(text)}"`
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
