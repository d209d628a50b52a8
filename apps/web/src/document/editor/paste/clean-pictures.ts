import { isSafeImage } from '@tandem/schema'
import { fromBase64 } from '../../../ui/base64.ts'

/** What stands for a picture that is a data: URL; undefined: nothing can. */
export type HoldPicture = (dataUrl: string) => string | undefined

/**
 * Pictures that are nowhere to be had (in a file of another program, in the page itself) are left out; a paragraph that is a picture
 * is the picture. Returns how many were left out.
 */
export function takePictures(body: HTMLElement, hold?: HoldPicture): number {
  let leftOut = 0
  for (const picture of body.querySelectorAll('img')) {
    takeLater(picture)
    const src = picture.getAttribute('src') ?? ''
    const held = src.startsWith('data:') && !isDot(src) ? hold?.(src) : undefined
    if (held !== undefined) {
      picture.setAttribute('src', held)
      continue
    }
    if (isSafeImage(src) && (src.startsWith('/') || URL.canParse(src))) continue
    // One without an address was never shown, and of a dot there is nothing to be seen.
    if (src !== '' && !isDot(src)) leftOut += 1
    const around = picture.closest('p, a')
    picture.remove()
    if (around?.localName === 'p' && around.textContent.trim() === '' && around.querySelector('img') === null)
      around.remove()
  }
  for (const paragraph of body.querySelectorAll('p')) {
    const pictures = [...paragraph.querySelectorAll('img')]
    if (pictures.length > 0 && paragraph.textContent.trim() === '') paragraph.replaceWith(...pictures)
  }
  return leftOut
}

/** Pages that load their pictures when they are scrolled to have something else there until then. */
function takeLater(picture: HTMLImageElement): void {
  const { src = '' } = picture.dataset
  if (picture.getAttribute('src')?.startsWith('data:') === true && isSafeImage(src) && URL.canParse(src))
    picture.setAttribute('src', src)
}

/** A GIF or a PNG of one pixel, which pages count their readers with, or keep a place. */
function isDot(src: string): boolean {
  const [, kind, head] = /^data:image\/(gif|png);base64,([A-Za-z0-9+/]{32})/.exec(src) ?? []
  if (head === undefined) return false
  const bytes = new DataView(fromBase64(head).buffer as ArrayBuffer)
  const [width, height] =
    kind === 'gif' ? [bytes.getUint16(6, true), bytes.getUint16(8, true)] : [bytes.getUint32(16), bytes.getUint32(20)]
  return width === 1 && height === 1
}
