import { sizeText } from '@tandem/schema'
import { icon } from '../blocks/dom-icon.ts'
import type { UploadJob } from './upload-queue.ts'

interface PlaceholderActions {
  onCancel(): void
  onRetry(): void
}

/** What stands in the text of who uploads, and of nobody else, until the file is there. Plain DOM. */
export class UploadPlaceholder {
  readonly dom = document.createElement('div')
  readonly #name = document.createElement('span')
  readonly #said = document.createElement('span')
  readonly #bar = document.createElement('div')
  readonly #filled = document.createElement('div')
  readonly #retry = button('Try again')
  readonly #cancel = button('Cancel')
  readonly #preview: string | undefined

  constructor(job: UploadJob, { onCancel, onRetry }: PlaceholderActions) {
    const { file, asFile } = job
    this.dom.className = 'upload-placeholder'
    this.dom.contentEditable = 'false'
    this.dom.setAttribute('role', 'group')
    this.dom.setAttribute('aria-label', `Upload of ${file.name}`)
    const isPicture = !asFile && /^image\/(?:png|jpeg|webp|gif|avif)$/.test(file.type)
    this.#preview = isPicture ? URL.createObjectURL(file) : undefined
    this.#name.className = 'upload-name'
    this.#name.textContent = file.name
    this.#said.className = 'upload-said'
    this.#said.setAttribute('role', 'status')
    this.#bar.className = 'upload-bar'
    this.#bar.setAttribute('role', 'progressbar')
    this.#bar.setAttribute('aria-label', `Upload of ${file.name}`)
    this.#bar.append(this.#filled)
    this.#retry.addEventListener('click', onRetry)
    this.#cancel.addEventListener('click', onCancel)
    const words = document.createElement('div')
    words.className = 'upload-words'
    words.append(this.#name, this.#said, this.#bar)
    this.dom.append(this.#picture(), words, this.#retry, this.#cancel)
    this.show(job)
  }

  show({ file, state }: UploadJob): void {
    const part = state.status === 'sending' ? state.part : state.status === 'preparing' ? 1 : undefined
    this.dom.dataset['status'] = state.status
    this.#bar.hidden = part === undefined
    this.#filled.style.width = `${Math.round((part ?? 0) * 100)}%`
    this.#bar.setAttribute('aria-valuenow', `${Math.round((part ?? 0) * 100)}`)
    this.#retry.hidden = !(state.status === 'offline' || (state.status === 'failed' && state.mayRetry))
    this.#cancel.textContent = state.status === 'failed' ? 'Remove' : 'Cancel'
    const said = {
      waiting: () => 'Waiting for its turn',
      sending: () => `Uploading ${sizeText(file.size)}`,
      preparing: () => 'Almost there',
      offline: () => 'Files need a connection. It is sent when there is one; until then only this tab has it.',
      failed: () => (state.status === 'failed' ? state.problem : ''),
    }[state.status]()
    // A status is read out whenever it is written.
    if (this.#said.textContent !== said) this.#said.textContent = said
  }

  destroy(): void {
    if (this.#preview !== undefined) URL.revokeObjectURL(this.#preview)
    this.dom.remove()
  }

  #picture(): HTMLElement {
    const frame = document.createElement('div')
    frame.className = 'upload-picture'
    if (this.#preview === undefined) frame.append(icon('file'))
    else {
      const image = document.createElement('img')
      image.src = this.#preview
      image.alt = ''
      frame.append(image)
    }
    return frame
  }
}

function button(text: string): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = 'upload-button'
  element.textContent = text
  return element
}
