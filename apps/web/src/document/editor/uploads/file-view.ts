import { fileOf, sizeText } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { NodeView } from '@tiptap/pm/view'
import { icon, type DomIcon } from '../blocks/dom-icon.ts'

/** An attached file: its sign, name and size, and a link that saves it. */
export class FileView implements NodeView {
  readonly dom = document.createElement('div')
  #node: Node

  constructor(node: Node) {
    this.#node = node
    this.dom.className = 'file'
    this.#draw()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    this.#draw()
    return true
  }

  stopEvent(event: Event): boolean {
    return event.type !== 'dragstart' && event.target instanceof Element && event.target.closest('a') !== null
  }

  ignoreMutation(): boolean {
    return true
  }

  #draw(): void {
    const file = fileOf(this.#node.attrs)
    const name = document.createElement('span')
    name.className = 'file-name'
    const about = document.createElement('span')
    about.className = 'file-about'
    if (file === undefined) {
      name.textContent = String(this.#node.attrs['name'] ?? 'A file')
      about.textContent = 'Not available'
      this.dom.replaceChildren(icon('file'), name, about)
      return
    }
    name.textContent = file.name
    about.textContent = file.size === undefined ? '' : sizeText(file.size)
    const link = document.createElement('a')
    link.className = 'file-download'
    link.href = file.src
    link.download = file.name
    link.draggable = false
    link.setAttribute('aria-label', `Download ${file.name}`)
    link.append(icon('download'))
    this.dom.replaceChildren(icon(iconOf(file.type, file.name)), name, about, link)
  }
}

function iconOf(type: string, name: string): DomIcon {
  if (type.startsWith('image/')) return 'image'
  if (type.startsWith('video/') || type.startsWith('audio/')) return 'film'
  if (/zip|compressed|x-(?:tar|7z|rar)/.test(type) && !/officedocument|opendocument/.test(type)) return 'archive'
  const isText = /pdf|word|officedocument|opendocument|text/.test(type) || /\.(?:txt|md|csv|docx?|pdf)$/i.test(name)
  return isText ? 'document' : 'file'
}
