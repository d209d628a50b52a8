import type { Node } from '@tiptap/pm/model'
import { PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'

/** Where a file will stand, and in which order those come that stand in one place. */
export interface UploadPlace {
  readonly id: string
  readonly order: number
  readonly at: number
  /** What it shows, as far as that was said. */
  readonly alt?: string
  /** Of one that stood in what was pasted. */
  readonly pasted?: PastedPicture
}

export interface PastedPicture {
  /** What stood for it. It may have been in several places. */
  readonly address: string
  /** What its node will have beside what the upload says. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** There was nothing else: a paragraph stands there until it comes. */
  readonly isAlone: boolean
}

export type PlacesChange = { readonly add: readonly UploadPlace[] } | { readonly remove: string }

export const uploadPlaces = new PluginKey<readonly UploadPlace[]>('uploads')

/** More than anybody drops at once: widgets of one place stand in the order of their sides. */
const MANY = 1_000_000

export function placesIn(state: EditorState): readonly UploadPlace[] {
  return uploadPlaces.getState(state) ?? []
}

export function movedPlaces(transaction: Transaction, places: readonly UploadPlace[]): readonly UploadPlace[] {
  const change = transaction.getMeta(uploadPlaces) as PlacesChange | undefined
  const gone = change !== undefined && 'remove' in change ? places.find(({ id }) => id === change.remove) : undefined
  const moved = places
    .filter((place) => place !== gone)
    // What was to stand before the one that is there now stays before it.
    .map((place) => ({
      ...place,
      at: transaction.mapping.map(place.at, gone !== undefined && place.order > gone.order ? 1 : -1),
    }))
  return change !== undefined && 'add' in change ? [...moved, ...change.add] : moved
}

/** What stands in these places until the files are there; nothing where `domOf` has nothing. */
export function placeholdersIn(state: EditorState, domOf: (id: string) => HTMLElement | undefined): DecorationSet {
  return DecorationSet.create(
    state.doc,
    placesIn(state).flatMap(({ id, order, at }) => {
      const dom = domOf(id)
      const widget = { key: id, side: order - MANY, stopEvent: () => true, ignoreSelection: true }
      return dom === undefined ? [] : [Decoration.widget(at, () => dom, widget)]
    }),
  )
}

/**
 * Takes the pictures out that only stand for files (`isHeld`, of their address), and has places where they were. Null: there are none.
 * As part of what put them there, nobody has ever seen them in the text.
 */
export function placesForHeld(
  state: EditorState,
  isHeld: (address: unknown) => address is string,
  nextOrder: () => number,
): Transaction | null {
  const found: { node: Node; at: number; address: string }[] = []
  state.doc.descendants((node, at) => {
    const { src } = node.attrs
    if (node.isLeaf && isHeld(src)) found.push({ node, at, address: src })
  })
  if (found.length === 0) return null
  const { tr } = state
  const taken = found.map(({ node, at, address }) => {
    const from = tr.mapping.map(at)
    const isAlone = tr.doc.resolve(from).parent.childCount === 1
    tr.delete(from, tr.mapping.map(at + node.nodeSize))
    return { pasted: { address, attributes: node.attrs, isAlone }, from, steps: tr.steps.length }
  })
  const add = taken.map(({ pasted, from, steps }) => {
    const order = nextOrder()
    return { id: `pasted-${order}`, order, at: tr.mapping.slice(steps).map(from, -1), pasted }
  })
  return tr.setMeta(uploadPlaces, { add } satisfies PlacesChange)
}
