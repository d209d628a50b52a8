import { type AnyExtension, Extension } from '@tiptap/core'
import { unsupportedClipboard } from './unsupported-clipboard.ts'
import { UNSUPPORTED } from './unsupported-content.ts'

const Clipboard = Extension.create({
  name: 'unsupportedClipboard',
  addProseMirrorPlugins: () => [unsupportedClipboard()],
})

/** To be among the extensions of every editor that has `Collaboration`; without them such content is kept, but not shown. */
export const unsupportedContent: readonly AnyExtension[] = [...UNSUPPORTED, Clipboard]
