import type { ChainedCommands, Editor } from '@tiptap/core'
import {
  AtSign,
  CalendarDays,
  CaseSensitive,
  ChevronRight,
  CircleAlert,
  Columns2,
  Columns3,
  Columns4,
  Heading1,
  Heading2,
  Heading3,
  ImageIcon,
  Info,
  Lightbulb,
  List,
  ListOrdered,
  ListTodo,
  Minus,
  Paperclip,
  Sigma,
  Smile,
  SquareCode,
  SquareSigma,
  Table,
  TextQuote,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import { turnInto, type BlockKind } from '../blocks/turn-into.ts'
import { matching } from './matching.ts'
import type { SuggestItem } from './suggest-menu.ts'

/** What asks something before it is inserted. */
export interface InsertDialogs {
  image(editor: Editor): void
  file(editor: Editor): void
}

interface Entry extends Omit<SuggestItem, 'look' | 'group'> {
  readonly icon: LucideIcon
  /** Other words that people look for it with. */
  readonly words?: string
}

const block = (kind: BlockKind) => (chain: ChainedCommands) => turnInto(chain, kind)

const columns = (count: number, icon: LucideIcon): Entry => ({
  id: `columns-${count}`,
  label: `${count} columns`,
  words: 'columns beside split layout grid',
  icon,
  apply: (chain) => chain.setColumns(count),
})

const TEXT: readonly Entry[] = [
  { id: 'text', label: 'Text', words: 'paragraph plain', icon: CaseSensitive, apply: block('paragraph') },
  { id: 'h1', label: 'Heading 1', words: 'h1 title', keys: '#', icon: Heading1, apply: block('heading-1') },
  { id: 'h2', label: 'Heading 2', words: 'h2 section', keys: '##', icon: Heading2, apply: block('heading-2') },
  { id: 'h3', label: 'Heading 3', words: 'h3 subsection', keys: '###', icon: Heading3, apply: block('heading-3') },
  { id: 'quote', label: 'Quote', words: 'blockquote cite', keys: '>', icon: TextQuote, apply: block('blockquote') },
]
const LISTS: readonly Entry[] = [
  { id: 'bullets', label: 'Bullet list', words: 'unordered ul', keys: '-', icon: List, apply: block('bulletList') },
  {
    id: 'numbers',
    label: 'Numbered list',
    words: 'ordered ol',
    keys: '1.',
    icon: ListOrdered,
    apply: block('orderedList'),
  },
  {
    id: 'tasks',
    label: 'Task list',
    words: 'todo checkbox check',
    keys: '[ ]',
    icon: ListTodo,
    apply: block('taskList'),
  },
  { id: 'toggle', label: 'Toggle', words: 'details fold accordion', icon: ChevronRight, apply: block('details') },
]
const BLOCKS: readonly Entry[] = [
  {
    id: 'table',
    label: 'Table',
    words: 'grid rows cells',
    keys: '|--|',
    icon: Table,
    apply: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  },
  columns(2, Columns2),
  columns(3, Columns3),
  columns(4, Columns4),
  { id: 'code', label: 'Code block', words: 'pre snippet', keys: '```', icon: SquareCode, apply: block('codeBlock') },
  {
    id: 'divider',
    label: 'Divider',
    words: 'line rule hr',
    keys: '---',
    icon: Minus,
    apply: (chain) => chain.setHorizontalRule(),
  },
  {
    id: 'formula',
    label: 'Formula',
    words: 'math equation latex tex',
    keys: '$$',
    icon: SquareSigma,
    apply: (chain) => chain.insertBlockMath(''),
  },
]
const CALLOUTS: readonly Entry[] = [
  { id: 'note', label: 'Note', words: 'callout info', keys: ':::', icon: Info, apply: block('note') },
  { id: 'tip', label: 'Tip', words: 'callout hint idea', keys: ':::tip', icon: Lightbulb, apply: block('tip') },
  { id: 'warning', label: 'Warning', words: 'callout caution attention', icon: TriangleAlert, apply: block('warning') },
  { id: 'danger', label: 'Danger', words: 'callout error alert', icon: CircleAlert, apply: block('danger') },
]
const INLINE: readonly Entry[] = [
  {
    id: 'mention',
    label: 'Mention',
    words: 'person document link people',
    keys: '@',
    icon: AtSign,
    apply: (chain) => chain.insertContent('@'),
  },
  {
    id: 'emoji',
    label: 'Emoji',
    words: 'smiley icon',
    keys: ':',
    icon: Smile,
    apply: (chain) => chain.insertContent(':'),
  },
  {
    id: 'inline-formula',
    label: 'Inline formula',
    words: 'math equation latex',
    keys: '$x$',
    icon: Sigma,
    apply: (chain) => chain.insertInlineMath(''),
  },
]

/** Everything that can be inserted, in groups, the most used first; what the words fit best when there are some. */
export function slashItems(query: string, dialogs: InsertDialogs, today: Date = new Date()): readonly SuggestItem[] {
  const groups: readonly (readonly [string, readonly Entry[]])[] = [
    ['Text', TEXT],
    ['Lists', LISTS],
    ['Blocks', BLOCKS],
    ['Callouts', CALLOUTS],
    [
      'Media',
      [
        { id: 'image', label: 'Image', words: 'picture photo img url upload', icon: ImageIcon, then: dialogs.image },
        { id: 'file', label: 'File', words: 'attachment upload pdf document', icon: Paperclip, then: dialogs.file },
      ],
    ],
    ['Inline', [...INLINE, ...dates(today)]],
  ]
  const entries = groups.flatMap(([group, list]) =>
    list.map(({ icon, ...entry }) => ({ ...entry, group, look: { icon } })),
  )
  return matching(entries, query, ({ label, words = '' }) => [label, ...words.split(' ')])
}

function dates(today: Date): Entry[] {
  const day = (id: string, label: string, offset: number): Entry => {
    const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset)
    const detail = date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
    return {
      id,
      label,
      detail,
      words: 'date day',
      icon: CalendarDays,
      apply: (chain) => chain.insertDate(isoDay(date)),
    }
  }
  return [day('today', 'Today', 0), day('tomorrow', 'Tomorrow', 1), day('yesterday', 'Yesterday', -1)]
}

/** `2026-11-22`, of the day that it is where the reader is. */
export function isoDay(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
