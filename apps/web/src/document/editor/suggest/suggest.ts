import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { pick, type SuggestMenu, type SuggestView } from './suggest-menu.ts'
import { triggerAt, type Trigger } from './trigger.ts'

interface Asking {
  readonly trigger: Trigger | undefined
  /** Where the sign stands that Escape closed the menu of. */
  readonly dismissed: number | undefined
}

const key = new PluginKey<Asking>('suggest')
/** What came out of the Y.Doc: others' edits, undo. */
const FROM_Y_DOC = 'y-sync$'

/** Opens the menu when somebody types its sign, not when a caret merely comes by, and hands it the keys while it is open. */
export const Suggest = Extension.create<{ menu: SuggestMenu | undefined }>({
  name: 'suggest',
  priority: 1_100, // before Enter and Tab of lists and tables

  addOptions() {
    return { menu: undefined }
  },

  addProseMirrorPlugins() {
    const { menu } = this.options
    if (!menu) throw new Error('Suggest needs its menu.')
    const { editor } = this
    /** The sign in whose menu somebody has moved. */
    let chosenAt: number | undefined
    const move = (by: number, { trigger }: SuggestView) => {
      chosenAt = trigger.from
      menu.move(by)
    }
    return [
      new Plugin<Asking>({
        key,
        state: {
          init: () => ({ trigger: undefined, dismissed: undefined }),
          apply: (transaction, asking, _before, after) => nextAsking(transaction, asking, after),
        },
        view: () => ({
          update: (view) => menu.ask(view.editable ? key.getState(view.state)?.trigger : undefined),
          destroy: () => menu.ask(undefined),
        }),
        props: {
          handleKeyDown(view, event) {
            const shown = menu.getSnapshot()
            if (shown === undefined || view.composing) return false
            if (event.key === 'ArrowDown') move(1, shown)
            else if (event.key === 'ArrowUp') move(-1, shown)
            else if (event.key === 'Escape') view.dispatch(view.state.tr.setMeta(key, 'dismiss'))
            else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) {
              const isMeant = event.key === 'Tab' || chosenAt === shown.trigger.from || isAskedFor(view.state, shown)
              if (!isMeant) {
                view.dispatch(view.state.tr.setMeta(key, 'dismiss'))
                return false
              }
              // The lines may still be those of one letter less.
              menu.whenCurrent(() => {
                const current = menu.getSnapshot()
                const item = current?.items[current.active]
                if (current && item) pick(editor, current, item)
              })
            } else return false
            return true
          },
          handleDOMEvents: {
            blur: (view) => {
              // A press on the menu keeps the focus; whatever else takes it closes the menu.
              if (menu.getSnapshot() !== undefined) view.dispatch(view.state.tr.setMeta(key, 'dismiss'))
              return false
            },
          },
        },
      }),
    ]
  },
})

/** Whether Enter means the menu: the signs are also those of sentences, as in "Points :" or "either /or", which end with it. */
function isAskedFor({ doc }: EditorState, { trigger, items, active }: SuggestView): boolean {
  const { kind, query, from } = trigger
  if (kind === 'emoji') return query.length > 1
  if (kind === 'mention') return query !== ''
  const isFirst = doc.resolve(from).parentOffset === 0
  return isFirst || (query.length > 1 && items[active]?.label.toLowerCase().startsWith(query.toLowerCase()) === true)
}

function nextAsking(transaction: Transaction, asking: Asking, after: EditorState): Asking {
  const { trigger: before } = asking
  if (transaction.getMeta(key) === 'dismiss') return { trigger: undefined, dismissed: before?.from }
  if (!transaction.docChanged && !transaction.selectionSet) return asking
  const trigger = triggerAt(after)
  if (trigger === undefined) return { trigger, dismissed: undefined }
  const isTyped = transaction.docChanged && transaction.getMeta(FROM_Y_DOC) === undefined
  if (asking.dismissed === trigger.from) return asking
  const goesOn = before?.kind === trigger.kind
  return { trigger: isTyped || goesOn ? trigger : undefined, dismissed: undefined }
}
