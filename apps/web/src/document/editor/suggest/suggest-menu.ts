import type { ChainedCommands, Editor } from '@tiptap/core'
import type { LucideIcon } from 'lucide-react'
import { asOwnUndoStep } from '../own-undo-step.ts'
import type { SuggestKind, Trigger } from './trigger.ts'

export type SuggestLook =
  | { readonly icon: LucideIcon }
  | { readonly text: string }
  | { readonly avatar: string; readonly color: string }

/** One line of a menu. */
export interface SuggestItem {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly detail?: string
  /** Its keys or the Markdown that makes it. */
  readonly keys?: string
  readonly look: SuggestLook
  /** Adds to the transaction that takes the typed words away. */
  readonly apply?: (chain: ChainedCommands) => ChainedCommands
  /** Runs after it, for what asks something first. */
  readonly then?: (editor: Editor) => void
}

/** What fits the words; a promise while data has to be loaded. Bounded in length. */
export type SuggestSource = (query: string) => readonly SuggestItem[] | Promise<readonly SuggestItem[]>

export interface SuggestView {
  readonly trigger: Trigger
  readonly items: readonly SuggestItem[]
  readonly active: number
}

/**
 * The state of the menu behind `/`, `@` and `:`. Nothing is written before an item is picked; Escape closes it for the sign that
 * opened it. It is shown only while something fits.
 */
export class SuggestMenu {
  readonly #sources: Readonly<Record<SuggestKind, SuggestSource>>
  readonly #listeners = new Set<() => void>()
  #trigger: Trigger | undefined
  #view: SuggestView | undefined
  /** Counts questions: an answer that comes after the next question is dropped. */
  #asked = 0
  #answered = 0
  #afterAnswer: (() => void) | undefined

  constructor(sources: Readonly<Record<SuggestKind, SuggestSource>>) {
    this.#sources = sources
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): SuggestView | undefined => this.#view

  /** The words at the caret as they are now; undefined when there are none. */
  ask(trigger: Trigger | undefined): void {
    const before = this.#trigger
    this.#afterAnswer = undefined
    this.#trigger = trigger
    if (trigger === undefined) return this.#answer(++this.#asked, undefined, [])
    const isSame = before?.kind === trigger.kind && before.query === trigger.query
    if (isSame && this.#view !== undefined) return this.#show({ ...this.#view, trigger })
    if (isSame) return
    const question = ++this.#asked
    const items = this.#sources[trigger.kind](trigger.query)
    if (!(items instanceof Promise)) return this.#answer(question, trigger, items)
    // Data that cannot be loaded (offline) is a menu that does not appear; the words stay as typed.
    items.then(
      (found) => this.#answer(question, this.#trigger, found),
      () => this.#answer(question, undefined, []),
    )
  }

  /** Runs when the lines are those of the words as they are now: at once, or when they have come. Typing on forgets it. */
  whenCurrent(run: () => void): void {
    if (this.#answered === this.#asked) run()
    else this.#afterAnswer = run
  }

  activate(index: number): void {
    if (this.#view !== undefined) this.#show({ ...this.#view, active: index })
  }

  /** Up and down, around the ends. */
  move(step: number): void {
    if (this.#view === undefined) return
    const { items, active } = this.#view
    this.activate((active + step + items.length) % items.length)
  }

  #answer(question: number, trigger: Trigger | undefined, items: readonly SuggestItem[]): void {
    if (question !== this.#asked) return
    this.#answered = question
    this.#show(trigger === undefined || items.length === 0 ? undefined : { trigger, items, active: 0 })
    const run = this.#afterAnswer
    this.#afterAnswer = undefined
    run?.()
  }

  #show(view: SuggestView | undefined): void {
    if (view === this.#view) return
    this.#view = view
    for (const listener of this.#listeners) listener()
  }
}

/** Takes the typed words away and does what the item stands for, as one step of undo. */
export function pick(editor: Editor, { trigger }: SuggestView, item: SuggestItem): void {
  asOwnUndoStep(editor, () => {
    const chain = editor.chain().focus().deleteRange({ from: trigger.from, to: trigger.to })
    ;(item.apply?.(chain) ?? chain).run()
  })
  item.then?.(editor)
}
