import { findBlock, isBlockId, newBlockId } from '@tandem/schema'
import type { Editor } from '@tiptap/core'
import { Selection } from '@tiptap/pm/state'
import { copyText } from '../../../ui/copy-text.ts'
import { say, warn } from '../../../ui/toast-store.ts'
import { revealDetails } from './details-view.ts'
import { drawWholeText } from '../whole-text.ts'
import { linkedBlockKey } from './linked-block.ts'

const PREFIX = '#block-'
const FLASH_MS = 2_400
/** As long as others' changes may still bring the block. */
const PATIENCE_MS = 4_000

/** Whether a link can lead to this block: to one that this version cannot show it cannot. */
export function canBeLinked({ state }: Editor, at: number): boolean {
  return 'blockId' in (state.doc.nodeAt(at)?.attrs ?? {})
}

/** Puts a link to the block at this position on the clipboard. The first time gives the block a name; undo does not take that away. */
export async function copyBlockLink(editor: Editor, at: number): Promise<void> {
  const { doc, tr } = editor.state
  const known: unknown = doc.nodeAt(at)?.attrs['blockId']
  const blockId = isBlockId(known) ? known : newBlockId()
  if (blockId !== known)
    editor.view.dispatch(tr.setNodeAttribute(at, 'blockId', blockId).setMeta('addToHistory', false))
  // Whatever else the address has in it is this reader's own business.
  const link = new URL(window.location.pathname + PREFIX + blockId, window.location.href).href
  if (await copyText(link)) say('Link to this block copied')
  else warn('This browser did not allow copying', `The link is ${link}`)
}

/** Goes to the block that the page's address names, now and whenever that changes. Returns how to stop. */
export function followBlockLinks(editor: Editor): () => void {
  let stop = () => {}
  const begin = () => {
    stop()
    stop = goToLinked(editor)
  }
  begin()
  window.addEventListener('hashchange', begin)
  return () => {
    stop()
    window.removeEventListener('hashchange', begin)
  }
}

function goToLinked(editor: Editor): () => void {
  const { hash } = window.location
  const blockId = hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : undefined
  if (!isBlockId(blockId)) return () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const tryAgain = ({ transaction }: { transaction: { docChanged: boolean } }) => {
    if (transaction.docChanged) look()
  }
  const endSearch = () => {
    clearTimeout(timer)
    editor.off('transaction', tryAgain)
  }
  const look = () => {
    const at = editor.isDestroyed ? undefined : findBlock(editor.state.doc, blockId)
    if (at === undefined) return
    endSearch()
    show(editor, at)
    timer = setTimeout(() => {
      if (!editor.isDestroyed) editor.view.dispatch(editor.state.tr.setMeta(linkedBlockKey, null))
    }, FLASH_MS)
  }
  drawWholeText(editor)
  editor.on('transaction', tryAgain)
  timer = setTimeout(() => {
    endSearch()
    warn(
      'This block is not there any more',
      'The link leads to a part of the document that was deleted. This is the rest.',
    )
  }, PATIENCE_MS)
  look()
  return endSearch
}

function show(editor: Editor, at: number): void {
  const { view } = editor
  revealDetails(view, at + 1)
  // Who goes on with the keyboard goes on from there.
  const selection = Selection.near(view.state.doc.resolve(at + 1))
  view.dispatch(view.state.tr.setSelection(selection).setMeta(linkedBlockKey, at))
  const toMiddle = () => {
    const element = editor.isDestroyed ? null : view.nodeDOM(at)
    if (element instanceof HTMLElement) element.scrollIntoView({ block: 'center' })
  }
  toMiddle()
  // Blocks out of sight have their true heights only once they have been near.
  requestAnimationFrame(() => requestAnimationFrame(toMiddle))
}
