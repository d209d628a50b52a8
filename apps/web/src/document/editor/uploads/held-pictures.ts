import { fromBase64, toBase64 } from '../../../ui/base64.ts'
import { TakenPictures } from './taken-pictures.ts'

/** Not an address that anything is asked for at, and none that a document has: nobody else knows how it goes on. */
const ADDRESS = 'pasted-picture:'
const DATA_URL = /^data:image\/([\w.+-]+)(?:;[^,;]*)*;base64,([A-Za-z0-9+/=\s]+)$/

/** Pictures that stood in pasted HTML itself, from when that is read until each has its place in the text. */
export class HeldPictures {
  readonly #files = new Map<string, File>()
  #taken = new TakenPictures()
  readonly #secret = toBase64(crypto.getRandomValues(new Uint8Array(12)))
  #last = 0

  /** Those of an earlier paste that found no place are let go. */
  begin(): void {
    this.#files.clear()
    this.#taken = new TakenPictures()
  }

  /** What stands for it in the HTML that is then read. Undefined: it is none that can be shown here, or one too many. */
  take(dataUrl: string): string | undefined {
    const [, kind = '', base64 = ''] = DATA_URL.exec(dataUrl) ?? []
    if (base64 === '') return undefined
    const number = this.#taken.take(`${base64}.${kind}`, () => fromBase64(base64))
    const file = number === undefined ? undefined : this.#taken.files[number]
    if (file === undefined) return undefined
    const address = `${ADDRESS}${this.#secret}:${(this.#last += 1)}`
    this.#files.set(address, file)
    return address
  }

  has(address: unknown): address is string {
    return typeof address === 'string' && this.#files.has(address)
  }

  get(address: string): File | undefined {
    return this.#files.get(address)
  }

  /** What stands for them. */
  get addresses(): readonly string[] {
    return [...this.#files.keys()]
  }
}
