import type { Node } from '@tiptap/pm/model'

const LONGEST = 60

const NAMES: Readonly<Record<string, string>> = {
  paragraph: 'text',
  heading: 'heading',
  blockquote: 'quote',
  bulletList: 'list',
  orderedList: 'numbered list',
  taskList: 'task list',
  listItem: 'list item',
  taskItem: 'task',
  codeBlock: 'code',
  details: 'toggle',
  blockMath: 'formula',
  horizontalRule: 'divider',
}

/** A block as screen readers are told of it: what it is and how it begins. */
export function nameOf(node: Node): string {
  return withBeginning(NAMES[node.type.name] ?? node.type.name, node)
}

/** What is called this, with how the text in this node begins. */
export function withBeginning(name: string, node: Node): string {
  const text = node.textBetween(0, node.content.size, ' ', ' ').trim()
  const start = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return start === '' ? `empty ${name}` : `${name}, ${start}`
}
