import { documentExtensions, isSafeImage, isSafeLink } from '@tandem/schema'
import type { JsonNode } from '@tandem/schema/export'
import { LIMITS } from '@tandem/sync'
import { getSchema } from '@tiptap/core'
import { DOMParser as ContentParser, type Schema } from '@tiptap/pm/model'
import { RefusedFile } from './bounded-docx.ts'
import { cleanBody, inertBody } from '../../document/editor/paste/clean-html.ts'
import { pictureAddress, withPlaces, type PicturePlace } from './picture-places.ts'

/** In UTF-16 units; what a node stores of one attribute is bounded (LIMITS.valueBytes). */
const LONGEST_WORDS = 500

export interface ReadHtml {
  /** With words where a picture of the file belongs. */
  readonly document: JsonNode
  readonly places: readonly PicturePlace[]
  readonly title: string | undefined
  /** Pictures that are neither in the file nor on the web, and so not in the document. */
  readonly pictures: number
}

/** The picture of the file, counted from 0, that an address stands for; 'left out': it is one, and is not taken. */
export type PictureOf = (address: string) => number | 'left out' | undefined

let schema: Schema | undefined

/**
 * HTML from anywhere as a document of our schema. It is parsed where nothing in it runs and nothing is loaded, and only what
 * the schema knows is taken: addresses that are not safe, and those that meant files beside this one, are left out. Throws
 * RefusedFile when it is nested too deeply.
 */
export function htmlToDocument(html: string, pictureOf: PictureOf = () => undefined): ReadHtml {
  const body = inertBody(html)
  const said = body.querySelector('title')?.textContent ?? ''
  for (const element of body.querySelectorAll('title, template, svg, select, button, iframe, object, embed, textarea'))
    element.remove()
  const own = body.querySelector('h1.title')
  const named = (own?.textContent ?? said).replace(/\s+/g, ' ').trim().slice(0, LIMITS.titleLength)
  own?.remove()
  dropUnsafeLinks(body)
  const pictures = dropLocalPictures(body, pictureOf)
  cleanBody(body)
  return { ...withPlaces(contentOf(body)), title: named === '' ? undefined : named, pictures }
}

function contentOf(body: HTMLElement): JsonNode {
  schema ??= getSchema(documentExtensions())
  try {
    const node = ContentParser.fromSchema(schema).parse(body)
    node.check()
    return node.toJSON() as JsonNode
  } catch (cause) {
    throw new RefusedFile('Its text cannot be read as a document: it is nested too deeply, or damaged.', { cause })
  }
}

function dropUnsafeLinks(body: HTMLElement): void {
  for (const link of body.querySelectorAll('a[href]')) {
    const href = link.getAttribute('href') ?? ''
    if (!isSafeLink(href) || !URL.canParse(href)) link.removeAttribute('href')
    shorten(link, 'title')
  }
}

function dropLocalPictures(body: HTMLElement, pictureOf: PictureOf): number {
  let dropped = 0
  for (const picture of body.querySelectorAll('img')) {
    const src = picture.getAttribute('src') ?? ''
    shorten(picture, 'alt')
    shorten(picture, 'title')
    const inside = pictureOf(src)
    if (typeof inside === 'number') picture.setAttribute('src', pictureAddress(inside))
    if (typeof inside === 'number' || (inside === undefined && isSafeImage(src) && URL.canParse(src))) continue
    if (inside === undefined) dropped += 1
    picture.remove()
  }
  return dropped
}

function shorten(element: Element, name: string): void {
  const value = element.getAttribute(name)
  if (value !== null && value.length > LONGEST_WORDS) element.setAttribute(name, value.slice(0, LONGEST_WORDS))
}
