import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'

interface Place {
  readonly from: number
  readonly to: number
}
type Places = ReadonlyMap<ClipboardEvent, Place>
/** By paste, where it belongs now; undefined: it waits no longer. */
type Changes = ReadonlyMap<ClipboardEvent, Place | undefined>

const key = new PluginKey<Places>('waitingPastes')

/** Where pastes belong that cannot be read yet. What is written meanwhile, by anybody, moves their places along. */
export const waitingPastes = new Plugin<Places>({
  key,
  state: {
    init: () => new Map(),
    apply(tr, places) {
      const changes = (tr.getMeta(key) as Changes | undefined) ?? new Map<ClipboardEvent, undefined>()
      if (changes.size === 0 && (places.size === 0 || !tr.docChanged)) return places
      // What is typed at the place comes after what was pasted before it.
      const moved = ({ from, to }: Place): Place => ({ from: tr.mapping.map(from, -1), to: tr.mapping.map(to, -1) })
      const next = new Map([...places].map(([event, place]) => [event, moved(place)]))
      for (const [event, place] of changes) {
        if (place === undefined) next.delete(event)
        else next.set(event, place)
      }
      return next
    },
  },
})

/** Remembers where it was pasted: the selection. */
export function keepPlace(view: EditorView, event: ClipboardEvent): void {
  const { from, to } = view.state.selection
  change(view, new Map([[event, { from, to }]]))
}

/** Calls `paste` with the selection where `event` was pasted, and gives the person theirs back if it was elsewhere by now. */
export function pasteAtPlace(view: EditorView, event: ClipboardEvent, paste: () => void): void {
  const places = placesIn(view)
  const place = places.get(event)
  if (place === undefined) return
  const { doc, selection } = view.state
  const isThere = selection.from === place.from && selection.to === place.to
  if (!isThere) select(view, place.from, place.to)
  change(view, new Map([[event, undefined]]))
  const before = placesIn(view)
  paste()
  const grownBy = view.state.doc.content.size - doc.content.size
  const shifted = (position: number) => position + grownBy
  // Those that were pasted later, at the same place, come after it.
  const later = [...placesIn(view)].filter(([other]) => before.get(other)?.from === place.from)
  change(view, new Map(later.map(([other, { from, to }]) => [other, { from: shifted(from), to: shifted(to) }])))
  if (isThere) return
  const { anchor, head } = selection
  select(view, anchor < place.to ? anchor : shifted(anchor), head < place.to ? head : shifted(head))
}

function placesIn(view: EditorView): Places {
  return (view.isDestroyed || !view.editable ? undefined : key.getState(view.state)) ?? new Map()
}

function change(view: EditorView, changes: Changes): void {
  if (changes.size > 0) view.dispatch(view.state.tr.setMeta(key, changes))
}

function select(view: EditorView, anchor: number, head: number): void {
  const { doc, tr } = view.state
  view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(anchor), doc.resolve(head))))
}
