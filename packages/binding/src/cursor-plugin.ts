import { type EditorState, Plugin, type Selection } from '@tiptap/pm/state'
import { Decoration, type DecorationAttrs, DecorationSet, type EditorView } from '@tiptap/pm/view'
import * as Y from 'yjs'
import { yCursorPluginKey, ySyncPluginKey } from './plugin-keys.ts'
import { relativePositionToAbsolutePosition } from './positions.ts'
import { type RelativeSelection, relativeSelection } from './selections.ts'
import type { SyncState } from './sync-plugin.ts'
import { readSelection } from './unread-selection.ts'

/** The part of y-protocols' Awareness that carets need. */
export interface CaretAwareness {
  readonly clientID: number
  getLocalState(): Record<string, unknown> | null
  getStates(): ReadonlyMap<number, Record<string, unknown>>
  setLocalStateField(field: string, value: unknown): void
  on(event: 'change', listener: () => void): void
  off(event: 'change', listener: () => void): void
}

/** As the awareness has it; builders may know of more. */
interface User {
  readonly name: string
  readonly color: string
}

export interface CursorOptions {
  /** Whether to draw this one. Leaving the own one out is the filter's matter. */
  readonly awarenessStateFilter?: (own: number, other: number, state: Record<string, unknown>) => boolean
  cursorBuilder?(user: User, clientId: number): HTMLElement
  selectionBuilder?(user: User, clientId: number): DecorationAttrs
  readonly getSelection?: (state: EditorState) => Selection
}

export type CursorState = DecorationSet

/** Draws others' carets and selections, and tells others of the own one while the editor has the focus. */
export function yCursorPlugin(
  awareness: CaretAwareness,
  options: CursorOptions = {},
  field = 'cursor',
): Plugin<CursorState> {
  const draw = (state: EditorState) => drawn(state, awareness, options, field)
  return new Plugin<CursorState>({
    key: yCursorPluginKey,
    state: {
      init: (_config, state) => draw(state),
      apply: (transaction, value, _before, state) => {
        const isChanged = transaction.getMeta(yCursorPluginKey) !== undefined
        // After an edit of one's own the places in the Y.Doc are older than the text.
        if (isChanged || ySyncPluginKey.getState(state)?.isChangeOrigin === true) return draw(state)
        return value.map(transaction.mapping, transaction.doc)
      },
    },
    props: { decorations: (state) => yCursorPluginKey.getState(state) },
    view: (view) => followCarets(view, awareness, options, field),
  })
}

function followCarets(
  view: EditorView,
  awareness: CaretAwareness,
  { getSelection = ({ selection }) => selection }: CursorOptions,
  field: string,
): { update: () => void; destroy: () => void } {
  let redrawing: ReturnType<typeof setTimeout> | undefined
  // Many at once are drawn once, and never in the middle of a transaction.
  const onAwareness = () => {
    redrawing ??= setTimeout(() => {
      redrawing = undefined
      if (view.isDestroyed) return
      readSelection(view)
      view.dispatch(view.state.tr.setMeta(yCursorPluginKey, { awarenessUpdated: true }))
    })
  }
  let told: RelativeSelection | null = null
  const tell = () => {
    const places = view.hasFocus() ? placesOf(getSelection(view.state), view.state) : null
    if (isSame(places, told) || (places === undefined && told !== null)) return
    told = places ?? null
    awareness.setLocalStateField(field, told)
  }
  awareness.on('change', onAwareness)
  view.dom.addEventListener('focusin', tell)
  view.dom.addEventListener('focusout', tell)
  return {
    update: tell,
    destroy: () => {
      clearTimeout(redrawing)
      awareness.off('change', onAwareness)
      view.dom.removeEventListener('focusin', tell)
      view.dom.removeEventListener('focusout', tell)
      if (told !== null) awareness.setLocalStateField(field, null)
    },
  }
}

/** Undefined while the Y.Doc is behind what is shown. */
function placesOf(selection: Selection, state: EditorState): RelativeSelection | undefined {
  const bound = ySyncPluginKey.getState(state)?.binding
  return bound?.mapping.get(bound.type) === state.doc ? relativeSelection(bound, selection) : undefined
}

function isSame(one: RelativeSelection | null | undefined, other: RelativeSelection | null | undefined): boolean {
  if (one == null || other == null) return (one ?? null) === (other ?? null)
  return Y.compareRelativePositions(one.anchor, other.anchor) && Y.compareRelativePositions(one.head, other.head)
}

function drawn(state: EditorState, awareness: CaretAwareness, options: CursorOptions, field: string): DecorationSet {
  const sync = ySyncPluginKey.getState(state)
  if (sync === undefined) return DecorationSet.empty
  const { awarenessStateFilter = (own: number, other: number) => own !== other } = options
  const decorations: Decoration[] = []
  for (const [clientId, other] of awareness.getStates()) {
    const places = other[field] as { anchor: unknown; head: unknown } | null | undefined
    if (places == null || !awarenessStateFilter(awareness.clientID, clientId, other)) continue
    const [anchor, head] = [positionOf(places.anchor, sync, state), positionOf(places.head, sync, state)]
    if (anchor === null || head === null) continue
    const user = { color: '#ffa500', name: `User: ${clientId}`, ...(other['user'] as object | undefined) }
    decorations.push(...decorationsOf({ anchor, head }, user, clientId, options))
  }
  return DecorationSet.create(state.doc, decorations)
}

function decorationsOf(
  { anchor, head }: { anchor: number; head: number },
  user: { name: string; color: string },
  clientId: number,
  { cursorBuilder = defaultCursorBuilder, selectionBuilder = defaultSelectionBuilder }: CursorOptions,
): Decoration[] {
  const caret = Decoration.widget(head, () => cursorBuilder(user, clientId), { key: String(clientId), side: 10 })
  if (anchor === head) return [caret]
  const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)]
  const spec = { inclusiveEnd: true, inclusiveStart: false }
  return [caret, Decoration.inline(from, to, selectionBuilder(user, clientId), spec)]
}

/** Null for what names nothing, or nothing that is shown. */
function positionOf(place: unknown, { doc, type, binding }: SyncState, state: EditorState): number | null {
  try {
    const relative = Y.createRelativePositionFromJSON(place)
    const position = relativePositionToAbsolutePosition(doc, type, relative, binding.mapping)
    return position === null ? null : Math.min(position, state.doc.content.size)
  } catch {
    return null // no position at all: from the wire comes whatever somebody sends
  }
}

function defaultCursorBuilder(user: { name: string; color: string }): HTMLElement {
  const caret = document.createElement('span')
  caret.classList.add('ProseMirror-yjs-cursor')
  caret.style.borderColor = user.color
  const label = document.createElement('div')
  label.style.backgroundColor = user.color
  label.textContent = user.name
  caret.append('\u2060', label, '\u2060')
  return caret
}

export function defaultSelectionBuilder(user: { color: string }): DecorationAttrs {
  return { style: `background-color: ${user.color}70`, class: 'ProseMirror-yjs-selection' }
}
