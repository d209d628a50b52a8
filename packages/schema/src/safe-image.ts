import { Image } from '@tiptap/extension-image'
import { imageLook, imageWidth } from './image-look.ts'
import { isAlignment } from './palette.ts'
import { isSafeImage } from './safe-url.ts'

/**
 * A picture on a line of its own: from our uploads, or from anywhere by URL. With a caption, a width or a side it is a
 * `figure` as HTML, else an `img`. A URL that is not safe is not rendered, whichever way it got into the document.
 */
export const SafeImage = Image.extend({
  addAttributes() {
    const ofPicture = (name: string) => ({
      default: null,
      parseHTML: (element: HTMLElement) => pictureIn(element)?.getAttribute(name) ?? null,
    })
    return {
      src: ofPicture('src'),
      alt: ofPicture('alt'),
      title: ofPicture('title'),
      caption: {
        default: null,
        parseHTML: (element: HTMLElement) =>
          imageLook({ caption: element.querySelector('figcaption')?.textContent?.trim() }).caption || null,
      },
      width: {
        default: null,
        parseHTML: (element: HTMLElement) => imageWidth(Number.parseFloat(element.dataset['width'] ?? '')) ?? null,
      },
      align: {
        default: null,
        parseHTML: ({ dataset }: HTMLElement) => (isAlignment(dataset['align']) ? dataset['align'] : null),
      },
    }
  },

  parseHTML() {
    const isPicture = (element: HTMLElement) => {
      const src = pictureIn(element)?.getAttribute('src')
      // Of a figure with more than a picture the rest would be lost.
      const isOne = element.querySelectorAll('img, table, pre, video, p').length === 1
      return isOne && src != null && !src.startsWith('data:') && null
    }
    return [{ tag: 'figure', getAttrs: isPicture }, { tag: 'img[src]:not([src^="data:"])' }]
  },

  renderHTML({ node }) {
    const { src, alt, title } = node.attrs
    const { caption, width, align } = imageLook(node.attrs)
    const url = isSafeImage(src) ? src : null
    const img = ['img', { src: url, alt: textOrNull(alt) ?? '', title: textOrNull(title), loading: 'lazy' }] as const
    if (caption === '' && width === undefined && align === undefined) return img
    const around = { 'data-width': width, 'data-align': align }
    return ['figure', around, img, ...(caption === '' ? [] : [['figcaption', {}, caption]])]
  },

  renderText({ node }) {
    const { caption } = imageLook(node.attrs)
    return [textOrNull(node.attrs['alt']) ?? '', caption].filter((text) => text !== '').join(' ')
  },
})

function pictureIn(element: HTMLElement): HTMLElement | null {
  return element.tagName === 'IMG' ? element : element.querySelector('img')
}

/** An attribute as an update may bring it, which can be anything. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
