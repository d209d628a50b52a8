import { InputRule, Node, type NodeConfig } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { NodeSelection, type Transaction } from '@tiptap/pm/state'

/** In UTF-16 units: a node refuses an edit with a longer value (LIMITS.valueBytes), and nobody writes such a formula. */
export const LONGEST_FORMULA = 2_000

/** The source of a formula, whatever an update brought. */
export function formulaOf(latex: unknown): string {
  return typeof latex === 'string' ? latex.slice(0, LONGEST_FORMULA) : ''
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    mathematics: {
      /** Puts a formula in place of the selection, which then is selected, for the page to ask for its source. */
      insertInlineMath(latex: string): ReturnType
      insertBlockMath(latex: string): ReturnType
    }
  }
}

/** What both kinds have in common. The source is all that is stored; without the page's node view it is also what is shown. */
function formula(name: 'inlineMath' | 'blockMath', tag: 'span' | 'div'): Partial<NodeConfig> & { name: string } {
  const selector = `${tag}[data-type="${name}"]`
  return {
    name,
    atom: true,
    addAttributes() {
      return {
        latex: {
          default: '',
          parseHTML: (element: HTMLElement) => formulaOf(element.textContent),
          rendered: false,
        },
      }
    },
    parseHTML() {
      return [{ tag: selector, preserveWhitespace: 'full' as const }]
    },
    renderHTML({ node }) {
      return [tag, { 'data-type': name }, formulaOf(node.attrs['latex'])]
    },
  }
}

export const InlineMath = Node.create({
  ...formula('inlineMath', 'span'),
  group: 'inline',
  inline: true,

  renderText({ node }) {
    return `$${formulaOf(node.attrs['latex'])}$`
  },

  addCommands() {
    return {
      insertInlineMath:
        (latex) =>
        ({ tr, dispatch }) => {
          if (!tr.selection.$from.parent.type.contentMatch.matchType(this.type)) return false
          const at = tr.selection.from
          if (dispatch) {
            tr.replaceSelectionWith(this.type.create({ latex }), false)
            if (tr.doc.nodeAt(at)?.type === this.type) tr.setSelection(NodeSelection.create(tr.doc, at))
          }
          return true
        },
    }
  },

  /** `$x^2$`, with no space just inside, no digit before, and more than a number first: 5$, $6 or 7$ are prices. Or `$$x^2$$`. */
  addInputRules() {
    const single = /(?<![\w$\\])\$(?![\s$]|\d[\d.,]*\s)([^$\n]{1,500}?)(?<![\s\\])\$$/
    const double = /(?<![\w$\\])\$\$(?![\s$])([^$\n]{1,500}?)(?<![\s\\])\$\$$/
    return [single, double].map(
      (find) =>
        new InputRule({
          find,
          handler: ({ state: { tr }, range, match }) => {
            tr.replaceWith(range.from, range.to, this.type.create({ latex: match[1] }))
          },
        }),
    )
  },
})

export const BlockMath = Node.create({
  ...formula('blockMath', 'div'),
  group: 'block',

  renderText({ node }) {
    return `$$\n${formulaOf(node.attrs['latex'])}\n$$`
  },

  addCommands() {
    return {
      insertBlockMath:
        (latex) =>
        ({ tr, dispatch }) => {
          if (dispatch) replaceBlock(tr, this.type.create({ latex }))
          return true
        },
    }
  },

  /** `$$` and a space on a line of its own. */
  addInputRules() {
    return [
      new InputRule({
        find: /^\$\$\s$/,
        handler: ({ state: { tr }, range }) => {
          replaceBlock(tr.delete(range.from, range.to), this.type.create())
        },
      }),
    ]
  },
})

/** Puts a block where the selection's is if that is empty, else after it, and selects it. */
function replaceBlock(tr: Transaction, block: ProseMirrorNode): void {
  const { $from, to } = tr.selection
  const inText = $from.parent.isTextblock
  const isEmpty = inText && $from.parent.content.size === 0
  const at = isEmpty ? $from.before() : inText ? $from.after() : to
  if (isEmpty) tr.replaceWith(at, $from.after(), block)
  else tr.insert(at, block)
  tr.setSelection(NodeSelection.create(tr.doc, at)).scrollIntoView()
}
