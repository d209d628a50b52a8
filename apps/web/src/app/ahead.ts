/**
 * Imported before everything else: what the page at this address will need is asked for while the rest is still being read. Each part
 * would else wait until the one before it has run and asked for it.
 */
if (window.location.pathname.startsWith('/d/')) {
  const parts = [import('../document/document-route.tsx'), import('../document/editor/editor-surface.tsx')]
  for (const part of parts) part.catch(() => undefined) // whoever needs it says so
}
