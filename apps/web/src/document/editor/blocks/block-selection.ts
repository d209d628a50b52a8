import { Fragment, Slice, type Node, type ResolvedPos } from '@tiptap/pm/model'
import { Selection, TextSelection, type Transaction } from '@tiptap/pm/state'
import type { Mappable } from '@tiptap/pm/transform'
import { blocksBetween, deletedBlocks, type BlockRange } from './block-range.ts'

const LISTS = new Set(['bulletList', 'orderedList', 'taskList'])

/** Whole blocks next to each other in one host. `anchor` is the outer side of the one that was selected first, `head` that of the last. */
export class BlockSelection extends Selection {
  constructor($anchor: ResolvedPos, $head: ResolvedPos) {
    super($anchor, $head)
    this.visible = false
  }

  /** Every block from the one at a position to the one at another, with what is between them. */
  static between(doc: Node, anchor: number, head: number): BlockSelection {
    return BlockSelection.of(doc, blocksBetween(doc, anchor, head), head < anchor)
  }

  static of(doc: Node, { start, end }: Pick<BlockRange, 'start' | 'end'>, isBackward = false): BlockSelection {
    const [$start, $end] = [doc.resolve(start), doc.resolve(end)]
    return isBackward ? new BlockSelection($end, $start) : new BlockSelection($start, $end)
  }

  static override fromJSON(doc: Node, json: { anchor: number; head: number }): BlockSelection {
    return new BlockSelection(doc.resolve(json.anchor), doc.resolve(json.head))
  }

  get isBackward(): boolean {
    return this.head < this.anchor
  }

  /** The selected blocks, in order. */
  get blocks(): readonly Node[] {
    return this.$from.parent.children.slice(this.$from.index(), this.$to.index())
  }

  get range(): BlockRange {
    const { $from, $to } = this
    const { depth, parent: host } = $from
    return { host, depth, startIndex: $from.index(), endIndex: $to.index(), start: $from.pos, end: $to.pos }
  }

  /** Items are within their list, so that they stay items wherever they are pasted; other blocks come without what they stand in. */
  override content(): Slice {
    const { type } = this.$from.parent
    const content = this.bareContent()
    return LISTS.has(type.name) ? new Slice(Fragment.from(this.$from.parent.copy(content.content)), 1, 1) : content
  }

  /** The blocks alone, to be put among others of their kind. */
  bareContent(): Slice {
    const { host, start, end } = this.range
    return new Slice(host.content.cut(start - this.$from.start(), end - this.$from.start()), 0, 0)
  }

  override replace(tr: Transaction, content = Slice.empty): void {
    if (content.size === 0) deletedBlocks(tr, this.range)
    else super.replace(tr, content)
  }

  override map(doc: Node, mapping: Mappable): Selection {
    const [start, end] = [mapping.map(this.from, 1), mapping.map(this.to, -1)]
    const [$start, $end] = [doc.resolve(start), doc.resolve(Math.max(start, end))]
    return isRange($start, $end) ? BlockSelection.of(doc, { start, end }, this.isBackward) : Selection.near($start)
  }

  override eq(other: Selection): boolean {
    return other instanceof BlockSelection && other.anchor === this.anchor && other.head === this.head
  }

  override toJSON(): unknown {
    return { type: 'blocks', anchor: this.anchor, head: this.head }
  }
}
Selection.jsonID('blocks', BlockSelection)

function isRange($start: ResolvedPos, $end: ResolvedPos): boolean {
  return $start.pos < $end.pos && $start.sameParent($end) && !$start.parent.inlineContent
}

/** The text in the blocks, from its first letter to its last; where there is none, the nearest place. */
export function textWithin(doc: Node, { start, end }: Pick<BlockRange, 'start' | 'end'>): Selection {
  const from = Selection.findFrom(doc.resolve(start), 1, true)
  const to = Selection.findFrom(doc.resolve(end), -1, true)
  if (!from || !to || from.from > to.to || from.from > end || to.to < start) return Selection.near(doc.resolve(end), -1)
  return TextSelection.create(doc, from.from, to.to)
}

/** The caret behind the last word of the block that was selected last. */
export function caretAfter(selection: BlockSelection, doc: Node): Selection {
  const end = selection.isBackward ? selection.from + (selection.blocks[0]?.nodeSize ?? 0) : selection.to
  return Selection.near(doc.resolve(end), -1)
}
