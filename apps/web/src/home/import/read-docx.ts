import { DOCX_LIMITS, RefusedFile } from './bounded-docx.ts'
import type { DocxText } from './docx-to-html.ts'
import type { DocxAnswer } from './docx-worker.ts'

/**
 * A Word file's text, read by a worker that is ended after DOCX_LIMITS.readMs whatever it does. Rejects with RefusedFile, in
 * words for whoever chose the file.
 */
export async function readDocx(bytes: ArrayBuffer): Promise<DocxText> {
  const worker = new Worker(new URL('./docx-worker.ts', import.meta.url), { type: 'module', name: 'docx' })
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const answer = await new Promise<DocxAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(tooLong()), DOCX_LIMITS.readMs)
      worker.addEventListener('message', ({ data }: MessageEvent<DocxAnswer>) => resolve(data))
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        reject(new RefusedFile('The part of the page that reads Word files could not be loaded or ended. Try again.'))
      })
      worker.postMessage(bytes, [bytes])
    })
    if ('text' in answer) return answer.text
    throw new RefusedFile(
      'refused' in answer
        ? answer.refused
        : 'It is not a Word file (.docx) that can be read here. Save it in Word once more.',
    )
  } finally {
    clearTimeout(timer)
    worker.terminate()
  }
}

function tooLong(): RefusedFile {
  return new RefusedFile(
    `Reading it took more than ${DOCX_LIMITS.readMs / 1000} seconds. Split it and import the parts.`,
  )
}
