import * as Y from 'yjs'

/**
 * Reading the shared tree: what stands in a fragment or element, in order. Nothing here calls itself per level, and nothing
 * here writes. Yjs' own `toArray` and `toString` are not used: what an update may bring (strings, maps, documents right in
 * a fragment) has to be met, too.
 */
export type YParent = Y.XmlFragment
/** Any shared type, whatever its events. */
export type YType = Y.ContentType['type']

/** By what a part is known: its type, or its first item where it is no type. */
export type PartKey = YType | Y.Item

/** `index` and `length` count as Yjs does, for `delete` and `insert` of the parent. */
export type Part = { readonly index: number; readonly length: number } & (
  | { readonly kind: 'element'; readonly key: Y.XmlElement }
  /** Texts that nothing stands between, empty ones among them: for the reader one text. */
  | { readonly kind: 'texts'; readonly key: Y.XmlText; readonly texts: readonly Y.XmlText[] }
  /** Neither an element nor text as an editor writes them. */
  | { readonly kind: 'foreign'; readonly key: PartKey }
)

/** What stands in the parent. Where it holds blocks (`inline: false`) text has no place: each is a part of its own, and foreign. */
export function partsOf(parent: YParent, { inline }: { inline: boolean }): Part[] {
  const parts: Part[] = []
  let index = 0
  for (let item = parent._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    const type = typeOf(item)
    const last = parts.at(-1)
    if (isElement(type)) {
      parts.push({ kind: 'element', index, length: 1, key: type })
    } else if (type instanceof Y.XmlText && inline && isPlain(type)) {
      if (last?.kind === 'texts')
        parts[parts.length - 1] = { ...last, length: last.length + 1, texts: [...last.texts, type] }
      else parts.push({ kind: 'texts', index, length: 1, key: type, texts: [type] })
    } else if (type === undefined && last?.kind === 'foreign' && last.key instanceof Y.Item) {
      parts[parts.length - 1] = { ...last, length: last.length + item.length }
    } else {
      parts.push({ kind: 'foreign', index, length: item.length, key: type ?? item })
    }
    index += item.length
  }
  return parts
}

export function isElement(value: unknown): value is Y.XmlElement {
  return value instanceof Y.XmlElement
}

export function typeOf(item: Y.Item): YType | undefined {
  return item.content instanceof Y.ContentType ? item.content.type : undefined
}

export function parentOf(type: YType): YType | null {
  return type._item === null ? null : (type._item.parent as YType | null)
}

/** Whether a text holds letters only; Yjs allows objects and whole types inside. */
export function isPlain(text: Y.XmlText): boolean {
  for (let item = text._start; item !== null; item = item.right)
    if (!item.deleted && item.countable && !(item.content instanceof Y.ContentString)) return false
  return true
}

/** The letters of a text without any format, as most are; much faster than its delta. Undefined if there may be formats. */
export function unformattedLetters(text: Y.XmlText): string | undefined {
  let letters = ''
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted) continue
    if (!(item.content instanceof Y.ContentString)) return undefined
    letters += item.content.str
  }
  return letters
}

export function itemOf(key: PartKey): Y.Item | null {
  return key instanceof Y.Item ? key : key._item
}

/** The name of an item in the whole document, the same for everybody. */
export function idOf(key: PartKey): string {
  const item = itemOf(key)
  return item === null ? '' : `${item.id.client}:${item.id.clock}`
}

/** The type that `idOf` named, if it is still there. */
export function findType(doc: Y.Doc, id: string): YType | undefined {
  const match = /^(\d{1,16}):(\d{1,16})$/.exec(id)
  if (match === null) return undefined
  const [client, clock] = [Number(match[1]), Number(match[2])]
  if (clock >= Y.getState(doc.store, client)) return undefined
  const item = Y.getItem(doc.store, Y.createID(client, clock)) as Y.Item | Y.GC
  return item instanceof Y.Item && !item.deleted && item.id.clock === clock ? typeOf(item) : undefined
}

const PREVIEW_LENGTH = 120
const PREVIEW_ITEMS = 500

/** The first words of whatever is inside, however deep; at most 120 units, looking at no more than 500 items. */
export function previewOf(key: PartKey, length: number): string {
  let preview = ''
  let looked = 0
  const add = (content: unknown) => {
    if (content instanceof Y.ContentString) preview += content.str
    if (content instanceof Y.ContentType) waiting.push(content.type._start)
  }
  const waiting: (Y.Item | null)[] = []
  if (key instanceof Y.Item) {
    for (
      let item: Y.Item | null = key, left = length;
      item !== null && left > 0 && looked < PREVIEW_ITEMS;
      looked += 1
    ) {
      if (!item.deleted && item.countable) {
        add(item.content)
        left -= item.length
      }
      item = item.right
    }
  } else waiting.push(key._start)
  while (waiting.length > 0 && preview.length < PREVIEW_LENGTH && looked < PREVIEW_ITEMS) {
    let item = waiting.pop() ?? null
    while (item !== null && (item.deleted || !item.countable) && looked < PREVIEW_ITEMS) {
      item = item.right
      looked += 1
    }
    looked += 1
    if (item === null) continue
    waiting.push(item.right)
    add(item.content)
  }
  return preview.slice(0, PREVIEW_LENGTH).toWellFormed()
}
