import { uploadIdOf } from '@tandem/schema'
import type { Editor } from '@tiptap/core'
import { warn } from '../../../ui/toast-store.ts'
import { copyUpload } from './send-upload.ts'

/**
 * What was pasted may be shown by another document's uploads, which the readers of this one may not open: each becomes
 * an upload of this document, too. What cannot be copied stays as it was pasted, and is said.
 */
export async function adoptPasted(editor: Editor, documentId: string, sources: ReadonlySet<string>): Promise<void> {
  const copied = new Map<string, string>()
  let failed = 0
  for (const src of sources) {
    try {
      const { url } = await copyUpload(documentId, uploadIdOf(src) ?? '')
      if (url !== src) copied.set(src, url)
    } catch {
      failed += 1 // whatever the reason, it is said below
    }
  }
  if (failed > 0)
    warn(
      failed === 1 ? 'A picture or file was not copied' : `${failed} pictures or files were not copied`,
      'They belong to another document, and whoever cannot open that will not see them here. Save them and upload them here instead.',
    )
  if (copied.size === 0 || editor.isDestroyed || !editor.isEditable) return
  const { tr } = editor.state
  editor.state.doc.descendants((node, at) => {
    const url = copied.get(String(node.attrs['src']))
    if (url !== undefined) tr.setNodeAttribute(at, 'src', url)
  })
  // No step of undo: taking the paste back takes this with it.
  if (tr.docChanged) editor.view.dispatch(tr.setMeta('addToHistory', false))
}
