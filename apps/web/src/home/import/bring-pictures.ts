import type { DocumentHandle } from '@tandem/client'
import { sendUpload, UploadProblem, type Uploaded } from '../../document/editor/uploads/send-upload.ts'
import { fillPlace } from './fill-place.ts'
import type { PicturePlace } from './picture-places.ts'

/** Until the new document is open, and until what was put into it is stored. */
const PATIENCE_MS = 30_000
/** Of one picture, with what the server does to it. */
const PICTURE_MS = 180_000
/** A busy server is asked again so often, a little later each time. */
const BUSY_TRIES = 4
const BUSY_PAUSE_MS = 1_500
const OFFLINE = 'There is no connection.'

/** Of a document's handle. */
export type ImportedDocument = Pick<DocumentHandle, 'documentId' | 'open' | 'whenOpen' | 'whenSaved' | 'getSnapshot'>

/** Why a picture was not taken, and whether it makes sense to send the next. */
interface Refusal {
  readonly why: string
  readonly mayGoOn: boolean
}

interface Bringing {
  readonly pictures: readonly File[]
  readonly places: readonly PicturePlace[]
  readonly tell: (doing: string) => void
  /** How a picture is sent; left out: into the document, over HTTP. */
  readonly send?: (file: File) => Promise<Uploaded>
  readonly pause?: (ms: number) => Promise<void>
}

/** What of it did not work, for people to read. */
export interface MissingPictures {
  readonly title: string
  readonly trouble: string
}

/**
 * Uploads an imported file's pictures into its document, one after the other, and puts each where its words stand. Words
 * stay where a picture could not be brought, and in a page that ends meanwhile: the document is whole at every moment. Never
 * rejects; resolves with what is missing, or undefined.
 */
export async function bringPictures(
  handle: ImportedDocument,
  bringing: Bringing,
): Promise<MissingPictures | undefined> {
  if (bringing.places.length === 0) return undefined
  const close = handle.open()
  window.addEventListener('beforeunload', stay)
  try {
    const lacking = await bringAll(handle, bringing)
    if (lacking.size > 0) return missing(lacking)
    await within(handle.whenSaved())
    return undefined
  } catch (error) {
    return {
      title: 'its pictures are not stored yet',
      trouble: `${wordsOf(error)} Open the document to see which of them it has.`,
    }
  } finally {
    window.removeEventListener('beforeunload', stay)
    close()
  }
}

/** Of the places that stay words: why. */
async function bringAll(handle: ImportedDocument, bringing: Bringing): Promise<Map<PicturePlace, string>> {
  const { pictures, places, tell } = bringing
  const lacking = new Map<PicturePlace, string>()
  let gone = await within(handle.whenOpen()).then(() => undefined, refusalOf)
  for (const [index, file] of pictures.entries()) {
    const here = places.filter(({ picture }) => picture === index)
    if (here.length === 0) continue
    tell(`Picture ${index + 1} of ${pictures.length},`)
    const sent = gone ?? (await sendOne(handle, file, bringing))
    if ('why' in sent && !sent.mayGoOn) gone = sent
    for (const place of here) {
      const why = 'why' in sent ? sent.why : put(handle, place, sent)
      if (why !== undefined) lacking.set(place, why)
    }
  }
  return lacking
}

/** Never rejects. */
async function sendOne(handle: ImportedDocument, file: File, bringing: Bringing): Promise<Uploaded | Refusal> {
  const options = { asFile: false, onProgress: () => undefined }
  const send =
    bringing.send ??
    ((picture) => sendUpload(handle.documentId, picture, { ...options, signal: AbortSignal.timeout(PICTURE_MS) }))
  const pause = bringing.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(file)
    } catch (error) {
      const isBusy = error instanceof UploadProblem && error.why === 'busy'
      if (!isBusy || tries >= BUSY_TRIES) return refusalOf(error)
      await pause(BUSY_PAUSE_MS * tries)
    }
  }
}

function put(handle: ImportedDocument, place: PicturePlace, { url, picture }: Uploaded): string | undefined {
  const view = handle.getSnapshot()
  if (view.status !== 'open' || view.readOnly) return 'The document cannot be written now.'
  if (picture === null) return 'The server does not take it for a picture.'
  return fillPlace(view.doc, place, url) ? undefined : 'It cannot stand where it stood.'
}

function missing(lacking: ReadonlyMap<PicturePlace, string>): MissingPictures {
  const inOrder = [...lacking].toSorted(([one], [other]) => one.number - other.number)
  const reasons = [...new Set(inOrder.map(([, why]) => why))].map((why) => {
    const numbers = inOrder.flatMap(([place, its]) => (its === why ? [place.number] : []))
    const some = numbers.length > 6 ? [...numbers.slice(0, 5), `${numbers.length - 5} more`] : numbers
    return `${numbers.length === 1 ? 'Picture' : 'Pictures'} ${some.join(', ')}: ${why}`
  })
  return {
    title: lacking.size === 1 ? '1 picture is missing' : `${lacking.size} pictures are missing`,
    trouble: `${reasons.join(' ')} Where they belong the text says so, like “${inOrder[0]?.[0].words}”.`,
  }
}

function refusalOf(error: unknown): Refusal {
  return { why: wordsOf(error), mayGoOn: error instanceof UploadProblem && error.why === 'refused' }
}

function wordsOf(error: unknown): string {
  if (error instanceof UploadProblem) return error.why === 'offline' ? OFFLINE : error.message
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'It took too long.'
  return error instanceof Error && error.name === 'SyncError' ? error.message : 'It could not be sent.'
}

async function within(promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new UploadProblem('offline', OFFLINE)), PATIENCE_MS)
    })
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function stay(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
