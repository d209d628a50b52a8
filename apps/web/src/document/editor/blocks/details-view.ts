import type { Node } from '@tiptap/pm/model'
import type { EditorView, NodeView, ViewMutationRecord } from '@tiptap/pm/view'
import { icon } from './dom-icon.ts'

/**
 * A toggle. Whether it is open is this reader's business: nothing is written. It opens for a selection within it, be it by
 * making it, finding in it or following somebody.
 */
export class DetailsView implements NodeView {
  readonly dom = document.createElement('div')
  readonly contentDOM = document.createElement('div')
  readonly #button = document.createElement('button')
  #node: Node

  constructor(node: Node, view: EditorView, getPos: () => number | undefined) {
    this.#node = node
    this.dom.className = 'details'
    this.#button.type = 'button'
    this.#button.contentEditable = 'false'
    this.#button.className = 'details-button'
    this.#button.append(icon('chevron'))
    this.#button.addEventListener('mousedown', (event) => event.preventDefault())
    this.#button.addEventListener('click', () => this.#setOpen(!this.#isOpen))
    this.dom.append(this.#button, this.contentDOM)
    const at = getPos()
    const { from, to } = view.state.selection
    // A new one is made around the selection, which is set in the same transaction.
    this.#setOpen(at !== undefined && view.hasFocus() && from > at && to < at + node.nodeSize)
    this.dom.addEventListener(OPEN, () => this.#setOpen(true))
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    return true
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== 'selection' && (mutation.target === this.dom || this.#button.contains(mutation.target))
  }

  stopEvent(event: Event): boolean {
    return this.#button.contains(event.target as HTMLElement)
  }

  get #isOpen(): boolean {
    return this.dom.classList.contains('details-open')
  }

  #setOpen(open: boolean): void {
    this.dom.classList.toggle('details-open', open)
    this.#button.setAttribute('aria-expanded', String(open))
    this.#button.setAttribute(
      'aria-label',
      open ? 'Hide the content of this toggle' : 'Show the content of this toggle',
    )
  }
}

const OPEN = 'opendetails'

/** Opens every toggle whose content holds this position. */
export function revealDetails(view: EditorView, position: number): void {
  const $position = view.state.doc.resolve(position)
  for (let depth = $position.depth; depth > 0; depth--) {
    if ($position.node(depth).type.name !== 'detailsContent') continue
    view.nodeDOM($position.before(depth - 1))?.dispatchEvent(new Event(OPEN))
  }
}
