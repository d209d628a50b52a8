import { documentExtensions } from '@tandem/schema'
import { type AnyExtension, getSchema } from '@tiptap/core'
import type { Schema } from '@tiptap/pm/model'
import { UNSUPPORTED } from '../src/unsupported-content.ts'

/** Everything a document may contain, as the page has it. */
export const schema: Schema = getSchema([...documentExtensions(), ...UNSUPPORTED])

/** The page of a version before task lists, code blocks, and links. */
export const olderSchema: Schema = getSchema([
  ...documentExtensions().flatMap((extension: AnyExtension) => {
    if (['taskList', 'taskItem', 'link'].includes(extension.name)) return []
    return extension.name === 'starterKit' ? [extension.configure({ codeBlock: false, link: false })] : [extension]
  }),
  ...UNSUPPORTED,
])
