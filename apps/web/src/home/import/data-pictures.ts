import { fromBase64 } from '../../ui/base64.ts'
import { pictureAddress, pictureAt } from './picture-places.ts'
import type { TakenPictures } from '../../document/editor/uploads/taken-pictures.ts'

/** A page that was saved with its pictures in it is mostly those. */
const DATA_URL = /\bdata:image\/([\w.+-]+);base64,([A-Za-z0-9+/=]*)/g

/** The pictures that stand in a web page's own text. */
export class DataPictures {
  readonly #found: { readonly kind: string; readonly base64: string }[] = []

  /** The page with an address in place of each: it can be parsed without them. */
  apart(html: string): string {
    return html.replace(DATA_URL, (_, kind: string, base64: string) => {
      this.#found.push({ kind, base64 })
      return pictureAddress(this.#found.length - 1)
    })
  }

  /** Takes the one that this address stands for. Undefined: it is none of them; 'left out': `pictures` says why. */
  take(address: string, pictures: TakenPictures): number | 'left out' | undefined {
    const found = this.#found[pictureAt(address) ?? -1]
    if (found === undefined) return undefined
    const { kind, base64 } = found
    const name = `${base64}.${/^\w+/.exec(kind)?.[0] ?? ''}`
    return pictures.take(name, () => fromBase64(base64)) ?? 'left out'
  }
}
