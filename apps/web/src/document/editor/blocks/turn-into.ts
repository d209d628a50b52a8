import type { CalloutKind } from '@tandem/schema'
import type { ChainedCommands, CommandProps } from '@tiptap/core'
import type { EditorState } from '@tiptap/pm/state'

/** What a block of text can be. */
export type BlockKind =
  | 'paragraph'
  | 'heading-1'
  | 'heading-2'
  | 'heading-3'
  | 'bulletList'
  | 'orderedList'
  | 'taskList'
  | 'blockquote'
  | 'codeBlock'
  | 'details'
  | CalloutKind

const LISTS: Readonly<Record<string, readonly [list: string, item: string]>> = {
  bulletList: ['bulletList', 'listItem'],
  orderedList: ['orderedList', 'listItem'],
  taskList: ['taskList', 'taskItem'],
}
/** What bounds a list: an item outside of it is not what the text is an item of. */
const BOUNDS = new Set(['callout', 'detailsContent', 'blockquote', 'tableCell', 'tableHeader'])
const DEEPEST_LIST = 20

/** Makes the selected blocks this kind of block; what cannot be one within a list item leaves its list first. */
export function turnInto(chain: ChainedCommands, kind: BlockKind): ChainedCommands {
  return chain.command((props) => turn(props, kind))
}

function turn({ commands, state }: CommandProps, kind: BlockKind): boolean {
  const [list, item] = LISTS[kind] ?? []
  if (list !== undefined && item !== undefined) {
    const isAlready = closest(state, (name) => name === list || (name in LISTS && name !== list)) === list
    return isAlready || commands.toggleList(list, item)
  }
  for (let level = 0; level < DEEPEST_LIST; level++) {
    void state.tr // a chain's state is as of the last time that somebody asked for its transaction
    const inside = closest(state, (name) => name === 'listItem' || name === 'taskItem')
    if (inside === undefined || !commands.liftListItem(inside)) break
  }
  switch (kind) {
    case 'paragraph':
      return commands.setParagraph()
    case 'heading-1':
      return commands.setHeading({ level: 1 })
    case 'heading-2':
      return commands.setHeading({ level: 2 })
    case 'heading-3':
      return commands.setHeading({ level: 3 })
    case 'blockquote':
      return commands.setBlockquote()
    case 'codeBlock':
      return commands.setCodeBlock()
    case 'details':
      return commands.setDetails()
    default:
      return commands.setCallout(kind as CalloutKind)
  }
}

/** The name of the nearest node around the caret for which it is so, within what bounds a list. */
function closest({ selection: { $from } }: EditorState, isIt: (name: string) => boolean): string | undefined {
  for (let depth = $from.depth; depth > 0; depth--) {
    const { name } = $from.node(depth).type
    if (isIt(name)) return name
    if (BOUNDS.has(name)) return undefined
  }
  return undefined
}
