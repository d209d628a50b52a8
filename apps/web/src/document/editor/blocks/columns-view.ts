import { columnShares } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { EditorView, NodeView, ViewMutationRecord } from '@tiptap/pm/view'

const NARROWEST = 10
const STEP = 5

/**
 * Columns with a line between each two, which a mouse drags and arrow keys move. Widths are set through the CSSOM: the page's
 * content security policy allows no style attributes.
 */
export class ColumnsView implements NodeView {
  readonly dom = document.createElement('div')
  readonly contentDOM = document.createElement('div')
  readonly #lines: HTMLElement[] = []
  readonly #view: EditorView
  readonly #resize: (widths: readonly number[]) => void
  #node: Node

  constructor(node: Node, view: EditorView, resize: (widths: readonly number[]) => void) {
    this.#node = node
    this.#view = view
    this.#resize = resize
    this.dom.className = 'columns'
    this.contentDOM.className = 'columns-row'
    this.dom.append(this.contentDOM)
    this.#show(this.#shares)
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    this.#show(this.#shares)
    return true
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return (
      mutation.type !== 'selection' && (!this.contentDOM.contains(mutation.target) || mutation.type === 'attributes')
    )
  }

  stopEvent({ target }: Event): boolean {
    return this.#lines.some((line) => line === target)
  }

  get #shares(): number[] {
    return columnShares(this.#node.children.map(({ attrs }) => attrs['width'] as unknown))
  }

  #show(shares: readonly number[]): void {
    this.contentDOM.style.gridTemplateColumns = shares.map((share) => `minmax(0, ${share}fr)`).join(' ')
    while (this.#lines.length >= Math.max(1, shares.length)) this.#lines.pop()?.remove()
    while (this.#lines.length < shares.length - 1) this.dom.append(this.#newLine(this.#lines.length))
    let before = 0
    for (const [index, line] of this.#lines.entries()) {
      before += shares[index] ?? 0
      line.style.left = `calc((100% - ${shares.length - 1} * var(--column-gap)) * ${before / 100} + ${index + 0.5} * var(--column-gap))`
      line.setAttribute('aria-valuenow', String(Math.round(shares[index] ?? 0)))
      line.setAttribute(
        'aria-valuemax',
        String(Math.round((shares[index] ?? 0) + (shares[index + 1] ?? 0) - NARROWEST)),
      )
    }
  }

  #newLine(index: number): HTMLElement {
    const line = document.createElement('div')
    line.className = 'columns-line'
    line.contentEditable = 'false'
    line.tabIndex = 0
    line.setAttribute('role', 'separator')
    line.setAttribute('aria-orientation', 'vertical')
    line.setAttribute('aria-valuemin', String(NARROWEST))
    line.setAttribute('aria-label', `Width of column ${index + 1}, in percent`)
    line.addEventListener('pointerdown', (event) => this.#drag(event, line, index))
    line.addEventListener('keydown', (event) => this.#press(event, index))
    this.#lines.push(line)
    return line
  }

  #press(event: KeyboardEvent, index: number): void {
    if (event.key === 'Escape' || event.key === 'Enter') this.#view.focus()
    else if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    else this.#write(moved(this.#shares, index, (event.key === 'ArrowLeft' ? -1 : 1) * STEP))
    event.preventDefault()
  }

  #drag(event: PointerEvent, line: HTMLElement, index: number): void {
    if (event.button !== 0 || !this.#view.editable) return
    event.preventDefault()
    line.setPointerCapture(event.pointerId)
    line.classList.add('columns-line-dragged')
    const gap = Number.parseFloat(getComputedStyle(this.contentDOM).columnGap) || 0
    const width = this.contentDOM.clientWidth - gap * (this.#node.childCount - 1)
    const sharesAt = ({ clientX }: PointerEvent) =>
      moved(this.#shares, index, ((clientX - event.clientX) / Math.max(1, width)) * 100)
    const move = (at: PointerEvent) => this.#show(sharesAt(at))
    const end = (at: PointerEvent) => {
      line.removeEventListener('pointermove', move)
      line.removeEventListener('pointerup', end)
      line.removeEventListener('pointercancel', end)
      line.classList.remove('columns-line-dragged')
      if (at.type === 'pointerup' && at.clientX !== event.clientX) this.#write(sharesAt(at))
      else this.#show(this.#shares)
    }
    line.addEventListener('pointermove', move)
    line.addEventListener('pointerup', end)
    line.addEventListener('pointercancel', end)
  }

  #write(shares: readonly number[]): void {
    if (this.#view.editable) this.#resize(shares)
  }
}

/** The line after a column moved by so many percent of the row; the two beside it share what they had. */
export function moved(shares: readonly number[], index: number, by: number): number[] {
  const both = (shares[index] ?? 0) + (shares[index + 1] ?? 0)
  const left = Math.max(NARROWEST, Math.min(both - NARROWEST, (shares[index] ?? 0) + by))
  return shares.map((share, at) => (at === index ? left : at === index + 1 ? both - left : share))
}
