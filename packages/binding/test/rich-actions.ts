import { toggleMark, wrapIn } from '@tiptap/pm/commands'
import type { Node, Schema } from '@tiptap/pm/model'
import type { Transaction } from '@tiptap/pm/state'
import { type Action, besideCharacter, perform, select } from './actions.ts'
import type { HeadlessEditor } from './headless-editor.ts'
import type { Random } from './random.ts'

const COLOURS = ['red', 'green', null]
const KINDS = ['note', 'tip', 'danger']

const RICH_ACTIONS: readonly [string, Action][] = [
  ['columns', inColumns],
  ['columns again', inColumns],
  [
    'add a column',
    ({ tr, doc, schema }, dispatch, random) => {
      const at = someNode(doc, random, 'column')
      if (at !== undefined) dispatch(tr.insert(at, columnOf(schema)))
    },
  ],
  [
    'remove a column',
    ({ tr, doc }, dispatch, random) => {
      const at = someNode(doc, random, 'column')
      if (at !== undefined) dispatch(tr.delete(at, at + doc.nodeAt(at)!.nodeSize))
    },
  ],
  ['resize a column', attribute('column', 'width', (random) => 10 + random(90))],
  ['take columns apart', apart],
  [
    'callout',
    (state, dispatch, random) => wrapIn(state.schema.nodes['callout']!, { kind: KINDS[random(3)] })(state, dispatch),
  ],
  ['kind of callout', attribute('callout', 'kind', (random) => KINDS[random(3)])],
  [
    'toggle',
    ({ tr, schema }, dispatch) => {
      const { details, detailsSummary, detailsContent, paragraph } = schema.nodes
      const content = detailsContent!.create(null, paragraph!.create())
      dispatch(tr.replaceSelectionWith(details!.create(null, [detailsSummary!.create(), content])))
    },
  ],
  [
    'block of formula',
    ({ tr, schema }, dispatch) =>
      dispatch(tr.replaceSelectionWith(schema.nodes['blockMath']!.create({ latex: 'x^2' }))),
  ],
  ['formula', atom('inlineMath', (random) => ({ latex: 'xyz'[random(3)] }))],
  ['date', atom('date', (random) => ({ date: `2026-11-2${random(9)}` }))],
  ['mention', atom('mention', (random) => ({ kind: 'person', id: 'p1', label: 'abc'[random(3)] }))],
  [
    'highlight',
    (state, dispatch, random) =>
      toggleMark(state.schema.marks['highlight']!, { color: COLOURS[random(3)] })(state, dispatch),
  ],
  [
    'colour',
    (state, dispatch, random) =>
      toggleMark(state.schema.marks['textStyle']!, { color: COLOURS[random(2)] })(state, dispatch),
  ],
  ['align', attribute('paragraph', 'textAlign', (random) => (random(2) === 0 ? 'center' : null))],
  ['name', attribute('paragraph', 'blockId', (random) => `name-${random(5)}`)],
]

/** As `act`, with what came later than kept seeds. */
export function actRichly(me: HeadlessEditor, random: Random): string {
  if (random(10) > 0) me.undoManager.stopCapturing()
  const from = random(me.state.doc.content.size + 1)
  select(me, from, from + random(30))
  return perform(me, RICH_ACTIONS[random(RICH_ACTIONS.length)]!, random)
}

function columnOf({ nodes }: Schema): Node {
  return nodes['column']!.createAndFill()!
}

/** Something between two blocks of the document itself goes into columns, with an empty one beside it. */
function inColumns(
  { tr, doc, schema }: Parameters<Action>[0],
  dispatch: (transaction: Transaction) => void,
  random: Random,
): void {
  const index = random(doc.childCount)
  const from = doc.children.slice(0, index).reduce((size, { nodeSize }) => size + nodeSize, 0)
  const block = doc.child(index)
  if (block.type.name === 'columns') return
  const others = Array.from({ length: 1 + random(3) }, () => columnOf(schema))
  const first = schema.nodes['column']!.create(null, block)
  dispatch(tr.replaceWith(from, from + block.nodeSize, schema.nodes['columns']!.create(null, [first, ...others])))
}

function apart({ tr, doc }: Parameters<Action>[0], dispatch: (transaction: Transaction) => void, random: Random): void {
  const at = someNode(doc, random, 'columns')
  const columns = at === undefined ? null : doc.nodeAt(at)
  if (at === undefined || columns === null) return
  const blocks = columns.children.flatMap(({ children }) => children)
  dispatch(tr.replaceWith(at, at + columns.nodeSize, blocks))
}

function atom(name: string, attributes: (random: Random) => Record<string, unknown>): Action {
  return ({ tr, schema, selection, doc }, dispatch, random) => {
    const at = besideCharacter(doc, selection.from)
    const node = schema.nodes[name]!.create(attributes(random), null, doc.resolve(at).marks())
    dispatch(tr.insert(at, node))
  }
}

function attribute(type: string, name: string, value: (random: Random) => unknown): Action {
  return ({ tr, doc }, dispatch, random) => {
    const at = someNode(doc, random, type)
    if (at !== undefined) dispatch(tr.setNodeAttribute(at, name, value(random)))
  }
}

function someNode(doc: Node, random: Random, name: string): number | undefined {
  const places: number[] = []
  doc.descendants((node, at) => void (node.type.name === name && places.push(at)))
  return places[random(Math.max(1, places.length))]
}
