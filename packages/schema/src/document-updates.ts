import { LIMITS, SyncError } from '@tandem/sync'
import * as Y from 'yjs'
import type { ElementTree, TextRun, TextTree, Tree } from './document-tree.ts'
import { FRAGMENT } from './schema-version.ts'

/**
 * About what one update may weigh: within LIMITS.updateBytes, by STRUCT_WEIGHT within LIMITS.updateStructs, and taken in by
 * a node in a few milliseconds, so that an import is never long between others' keystrokes.
 */
const UPDATE_WEIGHT = 96 * 1024
const STRUCT_WEIGHT = 32
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const UNIT_WEIGHT = 3
const TEXT_PIECE = 32 * 1024
/** What a value takes in an update beside its own bytes, at most. */
const ENCODING_BYTES = 16

const EMPTY_PARAGRAPH: Tree = { name: 'paragraph', attributes: {}, children: [] }

export interface UpdateOptions {
  /** The Yjs client id that everything is written under; a random one if left out. It must not have been used before. */
  readonly clientId?: number
}

/**
 * The content as updates of a fresh document, in order, all under one client id, each under 512 KiB and 16,000 structs.
 * Applied in order each is complete by itself: nothing refers to what comes later. Never none: a document has at least
 * a paragraph. Throws SyncError 'update-too-large' when a single attribute (a title, say) is over LIMITS.valueBytes.
 */
export function updatesOf(content: readonly Tree[], options: UpdateOptions = {}): Uint8Array[] {
  const doc = new Y.Doc()
  if (options.clientId !== undefined) doc.clientID = options.clientId
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const insertions = insertionsInto(doc.getXmlFragment(FRAGMENT), content.length > 0 ? content : [EMPTY_PARAGRAPH])
  /** One transaction, so one update. Returns whether there is more. */
  const insertSome = (): boolean => {
    for (let weight = 0; weight < UPDATE_WEIGHT;) {
      const next = insertions.next()
      if (next.done === true) return false
      weight += next.value
    }
    return true
  }
  while (doc.transact(insertSome));
  doc.destroy()
  return updates
}

/** Throws for a value that every node would refuse, whoever sends it. */
function throwIfTooLong(values: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(values)) {
    const json = JSON.stringify(value) ?? ''
    if (json.length * UNIT_WEIGHT <= LIMITS.valueBytes) continue
    const bytes = new TextEncoder().encode(json).length
    if (bytes + ENCODING_BYTES <= LIMITS.valueBytes) continue
    throw new SyncError(
      'update-too-large',
      `One address, title or name takes ${bytes} bytes; the limit is ${LIMITS.valueBytes} (LIMITS.valueBytes). Shorten it.`,
    )
  }
}

/** Inserts piece by piece, and yields what each piece weighs: neighbours together as long as they are light, heavy ones from within. */
function* insertionsInto(parent: Y.XmlFragment, trees: readonly Tree[]): Generator<number, undefined> {
  let last: Y.XmlElement | Y.XmlText | null = null
  let light: Tree[] = []
  let weight = 0
  const insertLight = function* () {
    const types = light.map(build)
    if (types.length > 0) parent.insertAfter(last, types)
    last = types.at(-1) ?? last
    yield weight
    light = []
    weight = 0
  }
  for (const tree of trees) {
    const own = weightOf(tree)
    if (weight + own > UPDATE_WEIGHT / 2) yield* insertLight()
    if (own <= UPDATE_WEIGHT / 2) {
      light.push(tree)
      weight += own
      continue
    }
    const heavy: Y.XmlElement | Y.XmlText = 'name' in tree ? element(tree) : new Y.XmlText()
    parent.insertAfter(last, [heavy])
    last = heavy
    yield 'name' in tree ? attributesWeight(tree) : STRUCT_WEIGHT
    if ('name' in tree) yield* insertionsInto(heavy as Y.XmlElement, tree.children)
    else yield* insertionsIntoText(heavy as Y.XmlText, tree)
  }
  yield* insertLight()
}

function* insertionsIntoText(text: Y.XmlText, { runs }: TextTree): Generator<number, undefined> {
  for (const run of runs) {
    for (const piece of piecesOf(run.text)) {
      text.insert(text.length, piece, run.marks)
      yield runWeight({ ...run, text: piece })
    }
  }
}

/** Never between the two halves of a character: Yjs would write them as two that are broken. */
function* piecesOf(text: string): Generator<string, undefined> {
  for (let from = 0; from < text.length;) {
    const end = from + TEXT_PIECE
    const to = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end + 1 : end
    yield text.slice(from, to)
    from = to
  }
}

function build(tree: Tree): Y.XmlElement | Y.XmlText {
  if ('name' in tree) {
    const type = element(tree)
    type.insert(0, tree.children.map(build))
    return type
  }
  const text = new Y.XmlText()
  text.applyDelta(tree.runs.map((run) => ({ insert: run.text, attributes: run.marks })))
  return text
}

function element(tree: ElementTree): Y.XmlElement {
  const type = new Y.XmlElement(tree.name)
  // Attributes are typed as strings; y-prosemirror, whose layout this is, stores numbers, booleans and lists as they are.
  for (const [name, value] of Object.entries(tree.attributes)) type.setAttribute(name, value as string)
  return type
}

function weightOf(tree: Tree): number {
  if ('name' in tree) return tree.children.reduce((sum, child) => sum + weightOf(child), attributesWeight(tree))
  return tree.runs.reduce((sum, run) => sum + runWeight(run), STRUCT_WEIGHT)
}

function attributesWeight({ attributes }: ElementTree): number {
  throwIfTooLong(attributes)
  const bytes = JSON.stringify(attributes).length * UNIT_WEIGHT
  return bytes + STRUCT_WEIGHT * (1 + Object.keys(attributes).length)
}

/** A run, with each mark's beginning and end. */
function runWeight({ text, marks }: TextRun): number {
  throwIfTooLong(marks)
  const signs = Object.keys(marks).length * 2
  return text.length * UNIT_WEIGHT + JSON.stringify(marks).length * UNIT_WEIGHT * 2 + STRUCT_WEIGHT * (1 + signs)
}
