import { readSelection } from '@tandem/binding'
import { codeLanguage } from '@tandem/schema'
import { Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import type { CodeToken } from './code-tokens.ts'

/** In UTF-16 units: a longer block stays plain. */
const LONGEST_CODE = 300_000
/** Of a block with more tokens only those near the screen are shown: each is an element, and every key looks at them all. */
const MOST_TOKENS = 2_500
/** How far beyond the screen they are shown, in UTF-16 units. */
const BEYOND_SCREEN = 6_000
const SHORTEST_WAIT_MS = 120
/** Waits that many times what the last look at a block took, so that long code does not make typing wait. */
const WAIT_FACTOR = 10

const key = new PluginKey<DecorationSet>('codeColours')
const FROM_Y_DOC = 'y-sync$'

/** Tokens of blocks that were looked at. A block that changes is another object. */
const known = new WeakMap<Node, readonly CodeToken[]>()

/**
 * Colours of code, as decorations: they are nobody's edit. A changed block is looked at when its writer pauses, until then
 * its colours move along with the text; other blocks are left alone. The grammars are a chunk of their own.
 */
export const CodeColours = Extension.create({
  name: 'codeColours',

  addProseMirrorPlugins() {
    return [
      new Plugin<DecorationSet>({
        key,
        state: {
          init: () => DecorationSet.empty,
          apply: (transaction, shown) => nextColours(transaction, shown),
        },
        view: (view) => new Colouring(view),
        props: { decorations: (state) => key.getState(state) },
      }),
    ]
  },
})

interface CodeBlock {
  readonly node: Node
  readonly at: number
}

function codeBlocksIn(doc: Node): CodeBlock[] {
  const blocks: CodeBlock[] = []
  doc.descendants((node, at) => {
    if (node.type.name === 'codeBlock') blocks.push({ node, at })
    return !node.isTextblock
  })
  return blocks
}

/** A block with those of its tokens that are shown. */
interface ColouredBlock extends CodeBlock {
  readonly tokens: readonly CodeToken[]
}

function nextColours(transaction: Transaction, shown: DecorationSet): DecorationSet {
  const { doc } = transaction
  const looked = transaction.getMeta(key) as readonly ColouredBlock[] | undefined
  if (looked !== undefined) return DecorationSet.create(doc, looked.flatMap(decorationsOf))
  if (!transaction.docChanged) return shown
  const moved = shown.map(transaction.mapping, doc)
  if (transaction.getMeta(FROM_Y_DOC) === undefined) return moved
  // A binding may replace more than what changed: blocks that are the same objects get their colours back.
  const lost = codeBlocksIn(doc).flatMap((block) => {
    const tokens = known.get(block.node) ?? []
    const isLost = tokens.length > 0 && moved.find(block.at, block.at + block.node.nodeSize).length === 0
    return isLost && tokens.length <= MOST_TOKENS ? [{ ...block, tokens }] : []
  })
  return lost.length === 0 ? moved : moved.add(doc, lost.flatMap(decorationsOf))
}

function decorationsOf({ at, tokens }: ColouredBlock): Decoration[] {
  return tokens.map(({ from, to, className }) => Decoration.inline(at + 1 + from, at + 1 + to, { class: className }))
}

/** Looks at blocks that nobody has looked at, and at what of long ones is on the screen. */
class Colouring {
  readonly #view: EditorView
  #timer: ReturnType<typeof setTimeout> | undefined
  #waitMs = 0
  #isDestroyed = false
  /** What of long blocks is shown, to see whether it has to change. */
  #windows = ''

  constructor(view: EditorView) {
    this.#view = view
    this.#soon()
    window.addEventListener('scroll', this.#onScroll, { passive: true })
  }

  update(view: EditorView, before: { readonly doc: Node }): void {
    if (view.state.doc !== before.doc) this.#soon()
  }

  destroy(): void {
    this.#isDestroyed = true
    clearTimeout(this.#timer)
    window.removeEventListener('scroll', this.#onScroll)
  }

  readonly #onScroll = (): void => {
    if (this.#windows !== '') this.#soon()
  }

  #soon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), this.#waitMs)
  }

  async #look(): Promise<void> {
    const isFresh = ({ node }: CodeBlock) => !known.has(node)
    const hasFresh = codeBlocksIn(this.#view.state.doc).some(isFresh)
    if (!hasFresh && this.#windows === '') return
    // Without the chunk (offline) code stays plain, and is looked at again after the next change.
    const tokens = await import('./code-tokens.ts').catch(() => undefined)
    if (tokens === undefined || this.#isDestroyed) return
    const blocks = codeBlocksIn(this.#view.state.doc)
    const start = performance.now()
    for (const { node } of blocks.filter(isFresh)) {
      const language = codeLanguage(node.attrs['language'])
      const isPlain = language === undefined || node.content.size > LONGEST_CODE
      known.set(node, isPlain ? [] : tokens.tokensOf(node.textContent, language))
    }
    if (hasFresh) this.#waitMs = Math.max(SHORTEST_WAIT_MS, (performance.now() - start) * WAIT_FACTOR)
    const shown = blocks.map((block) => ({ ...block, tokens: this.#tokensToShow(block) }))
    const windows = shown
      .filter(({ node }) => (known.get(node)?.length ?? 0) > MOST_TOKENS)
      .map(({ tokens: near }) => `${near[0]?.from ?? ''}-${near.at(-1)?.to ?? ''}`)
      .join()
    if (!hasFresh && windows === this.#windows) return
    this.#windows = windows
    readSelection(this.#view)
    this.#view.dispatch(this.#view.state.tr.setMeta(key, shown).setMeta('addToHistory', false))
  }

  #tokensToShow({ node, at }: CodeBlock): readonly CodeToken[] {
    const tokens = known.get(node) ?? []
    if (tokens.length <= MOST_TOKENS) return tokens
    const element = this.#view.nodeDOM(at)
    if (!(element instanceof HTMLElement)) return []
    const { left, top, bottom } = element.getBoundingClientRect()
    if (bottom < 0 || top > window.innerHeight) return []
    const offsetAt = (y: number) => this.#view.posAtCoords({ left: left + 30, top: y })?.pos
    const first = top > 0 ? 0 : (offsetAt(1) ?? at + 1) - at - 1
    const last = bottom < window.innerHeight ? node.content.size : (offsetAt(window.innerHeight - 1) ?? at + 1) - at - 1
    const near = tokens.filter(({ from, to }) => to >= first - BEYOND_SCREEN && from <= last + BEYOND_SCREEN)
    return near.slice(0, 2 * MOST_TOKENS)
  }
}
