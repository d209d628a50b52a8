import { common, createLowlight } from 'lowlight'

/** Characters `from` to `to` of a code block. */
export interface CodeToken {
  readonly from: number
  readonly to: number
  readonly className: string
}

const lowlight = createLowlight(common)

type Tree = ReturnType<typeof lowlight.highlight>['children'][number] | ReturnType<typeof lowlight.highlight>

/** What of the code has a colour. `language` is one of CODE_LANGUAGES; the classes are highlight.js's. */
export function tokensOf(code: string, language: string): CodeToken[] {
  if (!lowlight.registered(language)) return []
  const tokens: CodeToken[] = []
  let at = 0
  const visit = (tree: Tree, className: string): void => {
    if (tree.type === 'text') {
      if (className !== '') tokens.push({ from: at, to: at + tree.value.length, className })
      at += tree.value.length
      return
    }
    if (!('children' in tree)) return
    const own =
      'properties' in tree && Array.isArray(tree.properties.className) ? tree.properties.className.join(' ') : ''
    for (const child of tree.children) visit(child, own === '' ? className : own)
  }
  visit(lowlight.highlight(language, code), '')
  return tokens
}
