/** What the server made of a file. */
export interface Uploaded {
  readonly url: string
  readonly name: string
  readonly type: string
  readonly bytes: number
  /** In px; null: it is a file, not a picture to be shown. */
  readonly picture: { readonly width: number; readonly height: number } | null
}

/** Why a file was not taken: `offline`, the server was not reached; `busy`, it asks to come again; `refused`, it will never take it. */
export class UploadProblem extends Error {
  override readonly name = 'UploadProblem'
  readonly why: 'offline' | 'busy' | 'refused'

  constructor(why: UploadProblem['why'], message: string) {
    super(message)
    this.why = why
  }
}

interface SendOptions {
  /** A picture is kept as it is, to be saved, not shown. */
  readonly asFile: boolean
  /** From 0 to 1. */
  readonly onProgress: (part: number) => void
  readonly signal: AbortSignal
}

/** Sends a file into a document. Throws UploadProblem; rejects with the signal's reason when it is aborted. */
export function sendUpload(documentId: string, file: File, options: SendOptions): Promise<Uploaded> {
  const about = new URLSearchParams({ name: file.name, ...(options.asFile && { as: 'file' }) })
  return ask(`/api/uploads/${documentId}?${about}`, file, options)
}

/** Makes an upload of another document one of this, too. One that is of this document already stays what it is. */
export function copyUpload(documentId: string, uploadId: string): Promise<Uploaded> {
  const signal = AbortSignal.timeout(30_000)
  return ask(`/api/uploads/${documentId}/from/${uploadId}`, undefined, { signal, onProgress: () => undefined })
}

/** By XMLHttpRequest: fetch cannot say how much has been sent. */
function ask(
  url: string,
  body: File | undefined,
  { signal, onProgress }: Pick<SendOptions, 'signal' | 'onProgress'>,
): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    signal.addEventListener('abort', abort)
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    request.addEventListener('abort', () => reject(signal.reason as Error))
    request.addEventListener('error', () => reject(new UploadProblem('offline', 'There is no connection.')))
    request.addEventListener('load', () => {
      const answer = request.response as Answer | null
      if (request.status === 200 && answer !== null && 'url' in answer) resolve(answer)
      else reject(problemOf(request.status, answer))
    })
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0))
    request.open('POST', url)
    request.responseType = 'json'
    request.setRequestHeader('x-tandem', '1')
    if (body !== undefined) request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(body ?? null)
  })
}

type Answer = Uploaded | { readonly error?: { readonly message?: unknown } }

/** What the server says is for people to read; what stands in front of it may say nothing that is. */
function problemOf(status: number, answer: Answer | null): UploadProblem {
  const said = answer !== null && 'error' in answer ? answer.error?.message : undefined
  const isBusy = status === 429 || status === 408 || status >= 500
  if (status === 404) return new UploadProblem('refused', 'This document cannot be written by you any more.')
  const message = typeof said === 'string' ? said : `The server did not take it (${status}).`
  return new UploadProblem(isBusy ? 'busy' : 'refused', message)
}
