import { signInAhead } from '../account/sign-in.ts'
import { documentHere } from '../document/document-here.ts'
import { showFirstScreenAhead } from '../document/first-screen/first-screen.ts'

/** On other pages: once what they need is there. */
const DOCUMENT_AFTER_MS = 500

/**
 * A file of its own that runs before everything else (page-chunks-plugin.ts): who this is, and what the page of a document will need, are
 * asked for while the rest is still being read. Each would else wait until what is before it has run and asked for it. From any other page
 * people go to a document next: its code has run by then, where it is kept on the device. (What the network fails to bring, some
 * browsers do not ask for a second time.)
 */
signInAhead()
const isKept = (navigator as Partial<Navigator>).serviceWorker?.controller != null
if (documentHere() !== undefined) {
  showFirstScreenAhead()
  askForDocument()
} else if (isKept) window.addEventListener('load', () => setTimeout(askForDocument, DOCUMENT_AFTER_MS), { once: true })

function askForDocument(): void {
  const parts = [import('../document/document-route.tsx'), import('../document/editor/editor-surface.tsx')]
  for (const part of parts) part.catch(() => undefined) // whoever needs it says so
}
