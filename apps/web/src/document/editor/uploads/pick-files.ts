import type { Editor } from '@tiptap/core'

const PICTURES = 'image/png,image/jpeg,image/webp,image/gif,image/avif'

/** Asks for files of this device and uploads them where the caret is. `alt`: what a picture shows, if it is one.  Needs a click or key just before. */
export async function uploadPicked(
  editor: Editor,
  { asFile, alt = '' }: { asFile: boolean; alt?: string },
): Promise<void> {
  const files = await pickFiles(asFile ? undefined : PICTURES)
  if (!editor.isDestroyed) editor.chain().focus().uploadFiles(files, { asFile, alt }).run()
}

/** Resolves with none when nothing is chosen. */
function pickFiles(accept?: string): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    if (accept !== undefined) input.accept = accept
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
