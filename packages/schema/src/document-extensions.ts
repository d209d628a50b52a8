import type { Extensions } from '@tiptap/core'
import { Blockquote } from '@tiptap/extension-blockquote'
import { Bold } from '@tiptap/extension-bold'
import { Code } from '@tiptap/extension-code'
import { HardBreak } from '@tiptap/extension-hard-break'
import { Heading } from '@tiptap/extension-heading'
import { HorizontalRule } from '@tiptap/extension-horizontal-rule'
import { Italic } from '@tiptap/extension-italic'
import { Link } from '@tiptap/extension-link'
import { BulletList, ListItem, ListKeymap, OrderedList, TaskItem, TaskList } from '@tiptap/extension-list'
import { Paragraph } from '@tiptap/extension-paragraph'
import { Strike } from '@tiptap/extension-strike'
import { TableRow } from '@tiptap/extension-table'
import { Text } from '@tiptap/extension-text'
import { Underline } from '@tiptap/extension-underline'
import { Dropcursor } from '@tiptap/extensions/drop-cursor'
import { Gapcursor } from '@tiptap/extensions/gap-cursor'
import { BoundedCell, BoundedHeader } from './bounded-cells.ts'
import { BlockId } from './block-id.ts'
import { BoundedPaste } from './bounded-paste.ts'
import { Callout } from './callout.ts'
import { Highlight, TextColour } from './colour-marks.ts'
import { Column, Columns, DocumentNode } from './columns.ts'
import { DateNode } from './date.ts'
import { Details, DetailsContent, DetailsSummary } from './details.ts'
import { FileNode } from './file.ts'
import { TrailingParagraph, normalisingOnlyLocalEdits } from './local-edits.ts'
import { BlockMath, InlineMath } from './mathematics.ts'
import { Mention } from './mention.ts'
import { ResizableTable } from './resizable-table.ts'
import { SafeCodeBlock } from './safe-code-block.ts'
import { SafeImage, textOrNull } from './safe-image.ts'
import { isSafeLink } from './safe-url.ts'
import { TextAlign } from './text-align.ts'

/** Deepest heading; an imported deeper one becomes this. */
export const DEEPEST_HEADING = 3

/**
 * The document schema, the same for the page and the server: nodes, marks, their attributes and how they look as
 * HTML. Undo and carets are not in it: they come with the binding. The names are in every stored document and
 * never change; see SCHEMA_VERSION before adding one. Needs no DOM until an Editor is made of it.
 */
export function documentExtensions(): Extensions {
  return [
    DocumentNode,
    // One by one: the starter kit, and the index of its parts, bring a second history, which every page would load.
    Bold,
    Blockquote,
    BulletList,
    Dropcursor,
    Gapcursor,
    HardBreak,
    Heading.configure({ levels: [1, 2, DEEPEST_HEADING] }),
    HorizontalRule,
    Italic,
    ListItem,
    ListKeymap,
    OrderedList,
    Paragraph,
    Strike,
    Text,
    Underline,
    CombinableCode,
    normalisingOnlyLocalEdits(SafeLink).configure({ openOnClick: false, isAllowedUri: isSafeLink }),
    SafeImage,
    FileNode,
    TaskList,
    TaskItem.configure({ nested: true }),
    SafeCodeBlock,
    Callout,
    Details,
    DetailsSummary,
    DetailsContent,
    Columns,
    Column,
    InlineMath,
    BlockMath,
    DateNode,
    Mention,
    Highlight,
    TextColour,
    TextAlign,
    BlockId,
    normalisingOnlyLocalEdits(ResizableTable),
    TableRow,
    BoundedHeader,
    BoundedCell,
    TrailingParagraph,
    BoundedPaste,
  ]
}

/** Code that may be bold or a link, as in other people's Markdown; the stock one excludes every other mark. */
const CombinableCode = Code.extend({ excludes: 'code' })

/**
 * Only where it leads and its title are stored: how links open is the page's business, and nobody's update can set a class.
 * A URL that is not safe is not rendered, whichever way it got into the document.
 */
const SafeLink = Link.extend({
  // What is typed behind a link is not part of it.
  inclusive: false,

  addAttributes() {
    return { href: { default: null }, title: { default: null } }
  },
  renderHTML({ mark }) {
    const { href, title } = mark.attrs
    if (!isSafeLink(href)) return ['span', { class: 'unsafe-link' }, 0]
    return ['a', { href, title: textOrNull(title), target: '_blank', rel: 'noopener noreferrer nofollow' }, 0]
  },
})
