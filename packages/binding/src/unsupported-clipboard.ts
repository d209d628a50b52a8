import { Fragment, type Node, type Schema, Slice } from '@tiptap/pm/model'
import { type EditorState, Plugin } from '@tiptap/pm/state'
import * as Y from 'yjs'
import { ySyncPluginKey } from './plugin-keys.ts'
import { isUnsupported } from './unsupported-content.ts'
import { findType, isElement } from './y-tree.ts'

/** Of one piece of unsupported content, as text on the clipboard. */
const MOST_LETTERS = 100_000
const MOST_TYPES = 10_000

/**
 * What is copied says all of its text in place of its first words. What is pasted where its content is not known, in another document
 * or after another page has cut it, is that text; else the content itself.
 */
export function unsupportedClipboard(): Plugin {
  return new Plugin({
    props: {
      transformCopied: (slice, { state }) => mapped(slice, (node) => withWholeText(node, state)),
      transformPasted: (slice, { state }) =>
        mapped(slice, (node, isInline) => (isKnown(node, state) ? [node] : asText(node, state.schema, { isInline }))),
    },
  })
}

function mapped(slice: Slice, each: (node: Node, isInline: boolean) => Node[]): Slice {
  const content = mappedContent(slice.content, each)
  return content === slice.content ? slice : new Slice(content, slice.openStart, slice.openEnd)
}

function mappedContent(content: Fragment, each: (node: Node, isInline: boolean) => Node[]): Fragment {
  const nodes = content.content.flatMap((node) => {
    if (isUnsupported(node)) return each(node, node.isInline)
    const inside = mappedContent(node.content, each)
    return inside === node.content ? [node] : [node.copy(inside)]
  })
  const isSame = nodes.length === content.childCount && nodes.every((node, index) => node === content.child(index))
  return isSame ? content : Fragment.fromArray(nodes)
}

/** In another document the name may be that of anything. */
function isKnown({ attrs }: Node, state: EditorState): boolean {
  const sync = ySyncPluginKey.getState(state)
  if (sync === undefined) return false
  const id = attrs['id'] as string
  const type = findType(sync.doc, id)
  const shown = type && sync.binding.mapping.get(type)
  return shown === undefined ? sync.binding.kept.has(id) : isUnsupported(shown)
}

function withWholeText(node: Node, state: EditorState): Node[] {
  const doc = ySyncPluginKey.getState(state)?.doc
  const type = doc && findType(doc, node.attrs['id'] as string)
  if (type === undefined) return [node]
  return [node.type.create({ ...node.attrs, preview: wholeText(type) }, null, node.marks)]
}

/** A line for each text, in order, however deep. */
function wholeText(type: unknown): string {
  const lines: string[] = []
  const waiting: unknown[] = [type]
  let letters = 0
  for (let looked = 0; waiting.length > 0 && looked < MOST_TYPES && letters < MOST_LETTERS; looked += 1) {
    const next = waiting.pop()
    if (next instanceof Y.XmlText) {
      const line = (next.toDelta() as { insert: unknown }[])
        .map(({ insert }) => (typeof insert === 'string' ? insert : ''))
        .join('')
      letters += line.length
      if (line !== '') lines.push(line)
    } else if (isElement(next)) waiting.push(...next.toArray().toReversed())
  }
  return lines.join('\n').slice(0, MOST_LETTERS).toWellFormed()
}

function asText(node: Node, schema: Schema, { isInline }: { isInline: boolean }): Node[] {
  const lines = String(node.attrs['preview']).split('\n')
  if (!isInline) return lines.map((line) => schema.node('paragraph', null, line === '' ? [] : [schema.text(line)]))
  const text = lines.join(' ')
  return text === '' ? [] : [schema.text(text, node.marks)]
}
