import { mergeAttributes } from '@tiptap/core'
import { CodeBlock } from '@tiptap/extension-code-block'
import { codeLanguage } from './code-languages.ts'

/** The stock one writes whatever `language` an update brings into a class, where it could borrow any look of the page. */
export const SafeCodeBlock = CodeBlock.extend({
  renderHTML({ node, HTMLAttributes }) {
    const language = codeLanguage(node.attrs['language'])
    const className = language === undefined ? null : `language-${language}`
    return ['pre', mergeAttributes(HTMLAttributes), ['code', { class: className }, 0]]
  },
}).configure({ enableTabIndentation: true, tabSize: 2 })
