import type { JsonNode } from '@tandem/schema/export'

/** Where a picture of an imported file belongs; until it is there, words stand in its place. */
export interface PicturePlace {
  /** As in its words: the first in the text is 1. */
  readonly number: number
  /** Which of the file's pictures, counted from 0. */
  readonly picture: number
  /** A line of the text that no other line is equal to, like `[picture 3]`. */
  readonly words: string
  /** What the picture's node has beside its address. */
  readonly attributes: Readonly<Record<string, unknown>>
}

const ADDRESS = 'https://picture.invalid/'

/** What stands as an address for one of the file's pictures while its text is read. Nothing is ever asked for there. */
export function pictureAddress(picture: number): string {
  return `${ADDRESS}${picture}`
}

/** The picture that such an address stands for; undefined when it is another address. */
export function pictureAt(address: unknown): number | undefined {
  if (typeof address !== 'string' || !address.startsWith(ADDRESS)) return undefined
  const number = address.slice(ADDRESS.length)
  return /^\d{1,6}$/.test(number) ? Number(number) : undefined
}

/** The document with words in place of the pictures that a `pictureAddress` stands for: it can be read whether or not they come. */
export function withPlaces(document: JsonNode): { document: JsonNode; places: PicturePlace[] } {
  const words = wordsFor(document)
  const places: PicturePlace[] = []
  const placed = (node: JsonNode): JsonNode => {
    const picture = node.type === 'image' ? pictureAt(node.attrs?.['src']) : undefined
    if (picture === undefined) return node.content === undefined ? node : { ...node, content: node.content.map(placed) }
    const { src: _, ...attributes } = node.attrs ?? {}
    const number = places.length + 1
    places.push({ number, picture, words: words(number), attributes })
    return { type: 'paragraph', content: [{ type: 'text', text: words(number) }] }
  }
  return { document: placed(document), places }
}

/** Words that the document does not say itself. */
function wordsFor(document: JsonNode): (number: number) => string {
  const text = JSON.stringify(document)
  let sign = 'picture'
  for (let tries = 2; text.includes(`[${sign} `); tries += 1) sign = `picture ${tries}.`
  return (number) => `[${sign} ${number}]`
}
