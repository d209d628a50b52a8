import { copyText } from '../ui/copy-text.ts'
import { say, warn } from '../ui/toast-store.ts'

/** Puts the document's address on the clipboard and says so, or shows it to be copied by hand. */
export async function copyDocumentLink(documentId: string): Promise<void> {
  const link = new URL(`/d/${documentId}`, window.location.href).href
  if (await copyText(link)) say('Link copied')
  else warn('This browser did not allow copying', `The link is ${link}`)
}
