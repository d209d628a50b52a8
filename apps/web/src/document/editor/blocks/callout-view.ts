import { calloutKind } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { EditorView, NodeView, ViewMutationRecord } from '@tiptap/pm/view'
import type { BlockPanels } from './block-panels.ts'
import { icon } from './dom-icon.ts'

export const CALLOUT_NAMES = { note: 'Note', tip: 'Tip', warning: 'Warning', danger: 'Danger' } as const

/** A callout with the sign of its kind, which opens the choice of kinds. */
export class CalloutView implements NodeView {
  readonly dom = document.createElement('div')
  readonly contentDOM = document.createElement('div')
  readonly #button = document.createElement('button')
  #node: Node

  constructor(node: Node, view: EditorView, getPos: () => number | undefined, panels: BlockPanels) {
    this.#node = node
    this.dom.className = 'callout'
    this.#button.type = 'button'
    this.#button.className = 'callout-button'
    this.#button.contentEditable = 'false'
    this.#button.setAttribute('aria-haspopup', 'menu')
    this.#button.addEventListener('mousedown', (event) => event.preventDefault())
    this.#button.addEventListener('click', () => {
      if (view.editable) panels.show({ kind: 'callout', anchor: this.#button, getPos })
    })
    this.contentDOM.className = 'callout-content'
    this.dom.append(this.#button, this.contentDOM)
    this.#showKind()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    this.#showKind()
    return true
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== 'selection' && (mutation.target === this.dom || this.#button.contains(mutation.target))
  }

  stopEvent(event: Event): boolean {
    return this.#button.contains(event.target as HTMLElement)
  }

  #showKind(): void {
    const kind = calloutKind(this.#node.attrs['kind'])
    if (this.dom.dataset['kind'] === kind) return
    this.dom.dataset['kind'] = kind
    this.#button.setAttribute('aria-label', `Kind of callout: ${CALLOUT_NAMES[kind]}`)
    this.#button.replaceChildren(icon(kind))
  }
}
