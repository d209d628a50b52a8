/** Reads one Word file and ends: a thread of its own, so that the page can go on and can stop it. */
import { RefusedFile } from './bounded-docx.ts'
import { docxToHtml, type DocxText } from './docx-to-html.ts'

export type DocxAnswer = { readonly text: DocxText } | { readonly refused: string } | { readonly failed: string }

self.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
  void docxToHtml(new Uint8Array(data))
    .then(
      (text): DocxAnswer => ({ text }),
      (error: unknown): DocxAnswer =>
        error instanceof RefusedFile
          ? { refused: error.message }
          : { failed: error instanceof Error ? error.name : '' },
    )
    .then((answer) => self.postMessage(answer, { transfer: [] }))
})
