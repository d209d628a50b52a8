/** Of the pictures of one file. What it may weigh itself bounds them, too; these are for one that unpacks to more. */
export const PICTURE_LIMITS = {
  bytes: 100 * 1024 * 1024,
  /** Different ones. */
  count: 500,
} as const

/** Why a picture is not taken. */
type Lack = 'outside' | 'damaged' | 'over' | { readonly kind: string }

/** Pictures out of one file, each once however often it stands there. Only what their bytes say they are is believed. */
export class TakenPictures {
  /** Each in a blob: the browser need not hold it in memory. */
  readonly files: File[] = []
  readonly #byName = new Map<string, number | Lack>()
  readonly #lacking: Lack[] = []
  #bytes = 0

  /** The picture's number in `files`, counted from 0; undefined: it is left out. `read` is asked once for each name; it may throw or have none. */
  take(name: string, read: () => Uint8Array | undefined): number | undefined {
    let known = this.#byName.get(name)
    if (known === undefined) {
      known = this.#taken(name, read)
      this.#byName.set(name, known)
    }
    if (typeof known === 'number') return known
    this.#lacking.push(known)
    return undefined
  }

  /** Of one that is not in the file at all. */
  lack(): undefined {
    this.#lacking.push('outside')
  }

  /** What was left out, in words, each as `3 pictures that …`. */
  leftOut(): string[] {
    const kinds = [...new Set(this.#lacking.flatMap((lack) => (typeof lack === 'string' ? [] : [lack.kind])))].sort()
    const megabytes = PICTURE_LIMITS.bytes / 1024 / 1024
    return [
      counted(this.#count('kind'), `that cannot be shown here (${kinds.join(', ')})`),
      counted(this.#count('outside'), 'that the file only refers to'),
      counted(this.#count('damaged'), 'that cannot be unpacked'),
      counted(this.#count('over'), `beyond what one file brings (${PICTURE_LIMITS.count}, and ${megabytes} MB)`),
    ].flat()
  }

  #count(of: string): number {
    return this.#lacking.filter((lack) => (typeof lack === 'string' ? lack : 'kind') === of).length
  }

  #taken(name: string, read: () => Uint8Array | undefined): number | Lack {
    if (this.files.length >= PICTURE_LIMITS.count) return 'over'
    const bytes = attempt(read)
    if (bytes === undefined) return 'damaged'
    const kind = kindOf(bytes)
    if (kind === undefined) return { kind: endingOf(name) }
    if (this.#bytes + bytes.length > PICTURE_LIMITS.bytes) return 'over'
    this.#bytes += bytes.length
    const number = this.files.length
    this.files.push(new File([bytes as BlobPart], `picture-${number + 1}.${kind}`, { type: `image/${kind}` }))
    return number
  }
}

function attempt(read: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return read()
  } catch {
    return undefined // what is wrong with it does not matter to whoever chose the file
  }
}

const HEADS: readonly (readonly [kind: string, head: RegExp])[] = [
  ['png', /^\x89PNG\r\n[^]\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
]

function kindOf(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return HEADS.find(([, pattern]) => pattern.test(head))?.[0]
}

/** As people call what they see in a folder. */
function endingOf(name: string): string {
  return /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? 'of another kind'
}

function counted(count: number, which: string): string[] {
  if (count === 0) return []
  return [`${count === 1 ? '1 picture' : `${count} pictures`} ${which}`]
}
