import { isSafeImage } from '@tandem/schema'

/** What stands for a picture that is a data: URL; undefined: nothing can. */
export type HoldPicture = (dataUrl: string) => string | undefined

/**
 * Pictures that are nowhere to be had (in a file of another program, in the page itself) are left out; a paragraph that is a picture
 * is the picture. Returns how many were left out.
 */
export function takePictures(body: HTMLElement, hold?: HoldPicture): number {
  let leftOut = 0
  for (const picture of body.querySelectorAll('img')) {
    const src = picture.getAttribute('src') ?? ''
    const held = src.startsWith('data:') ? hold?.(src) : undefined
    if (held !== undefined) {
      picture.setAttribute('src', held)
      continue
    }
    if (isSafeImage(src) && (src.startsWith('/') || URL.canParse(src))) continue
    // One without an address was never shown.
    if (src !== '') leftOut += 1
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
