/** What somebody drops or pastes, as far as it is files that can be read. */
export interface DroppedFiles {
  readonly files: readonly File[]
  /** Folders are not. */
  readonly hasFolders: boolean
}

export function droppedFiles({ items, files }: DataTransfer): DroppedFiles {
  const entries = [...items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry())
  const folders = new Set(entries.flatMap((entry) => (entry?.isDirectory === true ? [entry.name] : [])))
  return { files: [...files].filter(({ name }) => !folders.has(name)), hasFolders: folders.size > 0 }
}

/**
 * Whether the files are what was meant: spreadsheets and word processors put a picture of the text beside it, and browsers an
 * `<img>` beside the picture.
 */
export function meansFiles(data: DataTransfer): boolean {
  if (data.files.length === 0 || data.getData('text/plain').trim() !== '') return false
  const html = data.getData('text/html')
  if (html === '') return true
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return (
    (body.textContent ?? '').trim() === '' && body.querySelectorAll('img').length === 1 && !body.querySelector('table')
  )
}
