import { Node } from '@tiptap/core'
import { fileName, fileOf } from './upload.ts'

/** An attached file: a line with its name, from which it can be saved. It is never opened in a page. */
export const FileNode = Node.create({
  name: 'file',
  group: 'block',
  atom: true,
  draggable: true,

  addAttributes() {
    const read = (element: HTMLElement) => {
      const link = element.querySelector('a')
      return fileOf({
        src: link?.getAttribute('href'),
        name: link?.textContent,
        size: Number(element.dataset['size'] ?? Number.NaN),
        type: element.dataset['mime'],
      })
    }
    return {
      src: { default: null, parseHTML: (element) => read(element)?.src ?? null },
      name: { default: null, parseHTML: (element) => read(element)?.name ?? null },
      size: { default: null, parseHTML: (element) => read(element)?.size ?? null },
      type: { default: null, parseHTML: (element) => read(element)?.type ?? null },
    }
  },

  parseHTML() {
    return [{ tag: 'div[data-type="file"]' }]
  },

  renderHTML({ node }) {
    const file = fileOf(node.attrs)
    if (file === undefined) return ['div', { 'data-type': 'file' }, fileName(node.attrs['name'])]
    const { src, name, size, type } = file
    const link = ['a', { href: src, download: name, rel: 'noopener noreferrer' }, name]
    return ['div', { 'data-type': 'file', 'data-size': size, 'data-mime': type }, link]
  },

  renderText({ node }) {
    return fileName(node.attrs['name'])
  },
})
