import { signInAhead } from '../account/sign-in.ts'

/**
 * A file of its own that runs before everything else (page-chunks-plugin.ts): who this is, and what the page at this address will need, are
 * asked for while the rest is still being read. Each would else wait until what is before it has run and asked for it.
 */
signInAhead()
if (window.location.pathname.startsWith('/d/')) {
  const parts = [import('../document/document-route.tsx'), import('../document/editor/editor-surface.tsx')]
  for (const part of parts) part.catch(() => undefined) // whoever needs it says so
}
