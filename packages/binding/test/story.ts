import type { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { Renderer } from '../src/render.ts'
import { ShownNodes } from '../src/shown-nodes.ts'
import { isUnsupported } from '../src/unsupported-content.ts'
import { act, besideCharacter } from './actions.ts'
import { type BindingUnderTest, HeadlessEditor } from './headless-editor.ts'
import { type Random, randomFrom } from './random.ts'
import { actRichly } from './rich-actions.ts'
import { olderSchema } from './schemas.ts'

export interface Story {
  readonly seed: number
  readonly binding: BindingUnderTest
  readonly steps: number
  /** The third is of an older version, the fourth may only read. */
  readonly people: number
  /** Also with the blocks and marks of later versions of the schema. Kept seeds are of the words that they were found with. */
  readonly isRich?: boolean
  /** People close their page now and then and open it again, which draws the beginning first. Kept seeds know nothing of it. */
  readonly reopens?: boolean
}

const NAMES = ['ann', 'bob', 'older', 'reader']

/**
 * Some people write at once, receive from each other now and then, and after each thing that happens the one it happened to must show what
 * its Y.Doc says; in the end all have the same. Throws with what happened when not.
 */
export function tellStory({ seed, binding, steps, people, isRich = false, reopens = false }: Story): void {
  const random = randomFrom(seed)
  const editors = NAMES.slice(0, people).map(
    (name, index) =>
      new HeadlessEditor({
        clientId: seed * 10 + index,
        binding,
        editable: name !== 'reader',
        ...(name === 'older' ? { schema: olderSchema } : {}),
      }),
  )
  const happened: string[] = []
  try {
    for (let step = 0; step < steps; step += 1) {
      const index = random(editors.length)
      happened.push(`${NAMES[index]}: `)
      happened[happened.length - 1] += happen(editors, { index, isRich, reopens }, random)
      if (random(2) === 0) editors[index]!.settle()
      check(editors[index]!, binding)
    }
    finish(editors, binding)
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(
      `${binding.name}, seed ${seed}, step ${happened.length} (${happened.slice(-4).join('; ')}): ${message}`,
      { cause: error },
    )
  } finally {
    for (const editor of editors) editor.destroy()
  }
}

function happen(
  editors: readonly HeadlessEditor[],
  { index, isRich, reopens }: { index: number; isRich: boolean; reopens: boolean },
  random: Random,
): string {
  const me = editors[index]!
  const other = editors[(index + 1 + random(editors.length - 1)) % editors.length]!
  const kind = random(100)
  if (kind < 20 || !me.editable) return (me.receive(other), 'receive')
  if (me.composing) {
    if (kind < 40) return (me.endComposition(), 'composed')
    return (compose(me, random), 'compose')
  }
  if (kind > 97 && reopens) return (me.reopen(), 'reopen')
  if (kind < 24 && me.state.selection.$head.parent.isTextblock) return (me.compose(), 'begins to compose')
  return isRich && random(3) === 0 ? actRichly(me, random) : act(me, random)
}

/** An input method replaces, before the caret, what it has composed so far. */
function compose(me: HeadlessEditor, random: Random): void {
  const { $head } = me.state.selection
  if (!$head.parent.isTextblock) return
  const from = besideCharacter(me.state.doc, Math.max($head.start(), $head.pos - random(2)))
  me.dispatch(me.state.tr.insertText('にほん'.slice(random(3)), from, $head.pos))
}

function finish(editors: readonly HeadlessEditor[], binding: BindingUnderTest): void {
  for (const editor of editors) if (editor.composing) editor.endComposition()
  // Other bindings write while they show, so one round is not enough for them.
  for (let round = 0; round < 3; round += 1)
    for (const me of editors) for (const other of editors) if (me !== other) me.receive(other)
  for (const editor of editors) {
    editor.settle()
    check(editor, binding)
  }
  const [first, ...others] = editors.map(({ doc }) => doc.getXmlFragment('body').toString())
  for (const other of others) if (other !== first) throw new Error(`documents differ: ${first} and ${other}`)
  const [ann, bob] = editors
  if (!ann!.state.doc.eq(bob!.state.doc)) throw new Error('views differ')
}

function check(editor: HeadlessEditor, binding: BindingUnderTest): void {
  const { doc } = editor.state
  if (!editor.editable && editor.written.length > 0) throw new Error('the reader wrote')
  if (binding.name === 'ours') checkOurs(editor)
  else if (editor.fragment.length > 0 && lettersShown(doc) !== lettersStored(editor.fragment, doc))
    throw new Error('shows other letters than are stored')
}

function checkOurs(editor: HeadlessEditor): void {
  const { doc } = editor.state
  doc.check()
  if (editor.writtenWhileReceiving.length > 0) throw new Error('showing wrote')
  if (editor.composing || editor.hasMoreToDo) return // something that others wrote has to wait
  const expected = new Renderer(editor.state.schema, new ShownNodes()).document(editor.fragment)
  if (!doc.eq(expected)) throw new Error(`shows ${String(doc)} and should ${String(expected)}`)
  if (lettersShown(doc) !== lettersStored(editor.fragment, doc)) throw new Error('shows other letters than are stored')
}

function lettersShown(doc: Node): string {
  return doc.textContent
}

/** Read without the binding; only where all of it is shown. */
function lettersStored(fragment: Y.XmlFragment, doc: Node): string {
  let isWhole = true
  doc.descendants((node) => void (isWhole &&= !isUnsupported(node)))
  if (!isWhole) return doc.textContent
  let letters = ''
  for (const type of fragment.createTreeWalker(() => true))
    if (type instanceof Y.XmlText) for (const { insert } of type.toDelta() as { insert: string }[]) letters += insert
  return letters
}
