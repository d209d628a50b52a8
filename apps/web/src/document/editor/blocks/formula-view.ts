import { formulaOf } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { NodeView } from '@tiptap/pm/view'
import { SlicedWork } from './sliced-work.ts'

/** Of all formulas of the page. */
const drawing = new SlicedWork()

/** A formula as it is printed; its source while the printer is being loaded, until its turn has come, or when it is wrong. */
export class FormulaView implements NodeView {
  readonly dom: HTMLElement
  #node: Node
  #takeBack: (() => void) | undefined
  #isGone = false

  constructor(node: Node) {
    this.#node = node
    this.dom = document.createElement(node.isInline ? 'span' : 'div')
    this.dom.className = node.isInline ? 'formula-inline' : 'formula-block'
    void this.#draw()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    const isSame = node.attrs['latex'] === this.#node.attrs['latex']
    this.#node = node
    if (!isSame) void this.#draw()
    return true
  }

  ignoreMutation(): boolean {
    return true
  }

  destroy(): void {
    this.#isGone = true
    this.#takeBack?.()
  }

  async #draw(): Promise<void> {
    this.#takeBack?.()
    const node = this.#node
    const latex = formulaOf(node.attrs['latex'])
    const isEmpty = latex.trim() === ''
    if (isEmpty || this.dom.childElementCount === 0) this.#showSource(isEmpty ? 'New formula' : latex)
    this.dom.classList.toggle('formula-empty', isEmpty)
    this.dom.classList.remove('formula-wrong')
    this.dom.removeAttribute('title')
    if (isEmpty) return
    const printer = await import('./formula.ts').catch(() => undefined)
    if (this.#isGone || latex !== formulaOf(this.#node.attrs['latex'])) return
    if (printer === undefined) return this.#showSource(latex)
    this.#takeBack = drawing.add(() => {
      const wrong = printer.drawFormula(this.dom, latex, { display: node.isBlock })
      if (wrong === undefined) return
      this.#showSource(latex)
      this.dom.classList.add('formula-wrong')
      this.dom.title = wrong
    })
  }

  #showSource(text: string): void {
    this.dom.replaceChildren(text)
  }
}
