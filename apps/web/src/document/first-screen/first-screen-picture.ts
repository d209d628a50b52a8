import type { ScreenElement, ScreenNode } from '@tandem/schema/first-screen'
import { isScreenAttribute, isScreenTag } from './first-screen-nodes.ts'

/** So many elements, and so many characters of text and attributes, at most: beyond that a screen has no room for more. */
const MOST_ELEMENTS = 1_500
const MOST_CHARS = 30_000
/** What belongs to this moment only: carets of others, what is found, selected or being uploaded. */
const PASSING = /^(?:ProseMirror|remote|found|selected|linked|blurred|is-)/

interface Room {
  elements: number
  chars: number
}

/** The blocks of this text that a window of this height shows of its beginning, as far as there is room. */
export function pictureOf(text: HTMLElement, height: number): readonly ScreenNode[] {
  const room = { elements: MOST_ELEMENTS, chars: MOST_CHARS }
  const start = text.getBoundingClientRect().top
  const blocks: ScreenNode[] = []
  for (const block of text.children) {
    if (hasNone(room) || block.getBoundingClientRect().top - start > height) break
    blocks.push(...picturesOf(block, room))
  }
  return blocks
}

/** As an array: of what is not shown there is none. */
function picturesOf(node: Node, room: Room): readonly ScreenNode[] {
  if (hasNone(room)) return []
  if (node instanceof Text) {
    const text = node.data.slice(0, room.chars)
    room.chars -= text.length
    return [text]
  }
  if (!(node instanceof Element) || isPassing(node)) return []
  const tag = node.localName
  const attributes = attributesOf(node)
  const isDrawn = isScreenTag(tag) && !node.classList.contains('katex') && (tag !== 'img' || 'src' in attributes)
  const picture: ScreenElement = isDrawn ? [tag, attributes] : boxOf(node)
  room.elements -= 1
  room.chars -= JSON.stringify(picture).length
  return [isDrawn ? [...picture, ...[...node.childNodes].flatMap((child) => picturesOf(child, room))] : picture]
}

const hasNone = ({ elements, chars }: Room): boolean => elements <= 0 || chars <= 0

function isPassing(element: Element): boolean {
  return element.matches('.remote-caret, .ProseMirror-widget, .ProseMirror-gapcursor, .ProseMirror-separator')
}

function attributesOf(element: Element): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const { name, value } of element.attributes) {
    const kept = name === 'class' ? [...element.classList].filter((one) => !PASSING.test(one)).join(' ') : value
    const isEmpty = name === 'class' && kept === ''
    if (!isEmpty && isScreenAttribute(name, kept)) attributes[name] = kept
  }
  if (element instanceof HTMLInputElement && element.checked) attributes['checked'] = ''
  return attributes
}

/** The room of what cannot be shown without its own code. */
function boxOf(element: Element): ScreenElement {
  const { width, height } = element.getBoundingClientRect()
  const display = getComputedStyle(element).display.startsWith('inline') ? 'inline-block' : 'block'
  const style = `display:${display};width:${Math.round(width)}px;height:${Math.round(height)}px;vertical-align:middle`
  return ['span', { style }]
}
