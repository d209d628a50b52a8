import { CODE_LANGUAGES, codeLanguage } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { EditorView, NodeView, ViewMutationRecord } from '@tiptap/pm/view'
import { copyText } from '../../../ui/copy-text.ts'
import { say } from '../../../ui/toast-store.ts'
import type { BlockPanels } from './block-panels.ts'
import { icon } from './dom-icon.ts'

/** Code with its language, which opens the list of languages, and a button that copies it. */
export class CodeBlockView implements NodeView {
  readonly dom = document.createElement('div')
  readonly contentDOM = document.createElement('code')
  readonly #bar = document.createElement('div')
  readonly #language = barButton('')
  #node: Node

  constructor(node: Node, view: EditorView, getPos: () => number | undefined, panels: BlockPanels) {
    this.#node = node
    this.dom.className = 'code-block'
    this.#bar.className = 'code-block-bar'
    this.#bar.contentEditable = 'false'
    this.#language.setAttribute('aria-haspopup', 'listbox')
    this.#language.addEventListener('click', () => {
      if (view.editable) panels.show({ kind: 'language', anchor: this.#language, getPos })
    })
    const copy = barButton('Copy code')
    copy.append(icon('copy'))
    copy.addEventListener('click', () => void copyCode(this.#node.textContent))
    this.#bar.append(this.#language, copy)
    const pre = document.createElement('pre')
    pre.append(this.contentDOM)
    this.dom.append(this.#bar, pre)
    this.#showLanguage()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    const isSame = node.attrs['language'] === this.#node.attrs['language']
    this.#node = node
    if (!isSame) this.#showLanguage()
    return true
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== 'selection' && !this.contentDOM.contains(mutation.target)
  }

  stopEvent(event: Event): boolean {
    return this.#bar.contains(event.target as HTMLElement)
  }

  #showLanguage(): void {
    const stored: unknown = this.#node.attrs['language']
    const known = codeLanguage(stored)
    const name =
      known === undefined ? (typeof stored === 'string' && stored.slice(0, 30)) || 'Plain text' : CODE_LANGUAGES[known]
    this.#language.replaceChildren(String(name), icon('down'))
    this.#language.setAttribute('aria-label', `Language: ${String(name)}`)
  }
}

function barButton(label: string): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'code-block-button'
  if (label !== '') button.setAttribute('aria-label', label)
  // The caret stays in the text.
  button.addEventListener('mousedown', (event) => event.preventDefault())
  return button
}

async function copyCode(code: string): Promise<void> {
  say((await copyText(code)) ? 'Code copied' : 'This browser did not allow copying')
}
