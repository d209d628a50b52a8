import { yCursorPlugin, yCursorPluginKey } from '@tandem/binding'
import type { AwarenessChange, PresenceBridge } from '@tandem/client'
import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, type EditorState } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import { inkOn } from '../../ui/initials.ts'

interface CaretUser {
  readonly name: string
  readonly color: string
  readonly userId?: string
}

const LABEL_MS = 2_000

/**
 * Others' carets and selections. A caret's name shows for two seconds after it moved, and while it is pointed at.
 * Tiptap's own extension cannot do that: it does not tell its renderer whose caret it draws.
 */
export const RemoteCarets = Extension.create<{ awareness: PresenceBridge | undefined }>({
  name: 'remoteCarets',
  priority: 999,

  addOptions() {
    return { awareness: undefined }
  },

  addProseMirrorPlugins() {
    const { awareness } = this.options
    if (!awareness) throw new Error('RemoteCarets needs the awareness of the document.')
    const moved = new Map<number, ReturnType<typeof setTimeout>>()
    const carets = yCursorPlugin(awareness, {
      cursorBuilder: (user: CaretUser, clientId) => caretElement(user, clientId, { fresh: moved.has(clientId) }),
      selectionBuilder: (user: CaretUser) => ({ class: 'remote-selection', style: `--person: ${user.color}` }),
    })
    return [carets, labelPlugin(awareness, moved)]
  },
})

/** Names of those whose caret is between these positions. */
export function remoteCaretsWithin(
  state: EditorState,
  awareness: PresenceBridge,
  { from, to }: { from: number; to: number },
): string[] {
  const drawn = yCursorPluginKey.getState(state)?.find(from, to) ?? []
  return drawn.flatMap(({ from: at, to: end, spec }) => {
    const clientId = Number((spec as { key?: string }).key)
    const name = at === end ? awareness.getStates().get(clientId)?.user?.name : undefined
    return name === undefined ? [] : [name]
  })
}

function caretElement(user: CaretUser, clientId: number, { fresh }: { fresh: boolean }): HTMLElement {
  const caret = document.createElement('span')
  caret.className = fresh ? 'remote-caret remote-caret-fresh' : 'remote-caret'
  caret.dataset['client'] = String(clientId)
  caret.dataset['user'] = user.userId ?? ''
  caret.style.setProperty('--person', user.color)
  caret.style.setProperty('--on-person', inkOn(user.color))
  const label = document.createElement('span')
  label.className = 'remote-caret-label'
  label.textContent = user.name
  // Word joiners keep the caret from becoming a place where a line may break.
  caret.append('\u2060', label, '\u2060')
  return caret
}

/** Marks carets that moved lately. The element may be drawn anew at any time, so the mark lives in `moved`. */
function labelPlugin(awareness: PresenceBridge, moved: Map<number, ReturnType<typeof setTimeout>>): Plugin {
  return new Plugin({
    key: new PluginKey('remoteCaretLabels'),
    view: (view) => {
      const onChange = ({ added, updated }: AwarenessChange) => {
        for (const clientId of [...added, ...updated]) {
          if (clientId === awareness.clientID) continue
          clearTimeout(moved.get(clientId))
          moved.set(
            clientId,
            setTimeout(() => {
              moved.delete(clientId)
              caretOf(view, clientId)?.classList.remove('remote-caret-fresh')
            }, LABEL_MS),
          )
          const caret = caretOf(view, clientId)
          caret?.classList.add('remote-caret-fresh')
          // ProseMirror keeps the element of a caret that it knows: a new name has to be written into it.
          const label = caret?.querySelector('.remote-caret-label')
          const name = awareness.getStates().get(clientId)?.user?.name
          if (label && name !== undefined && label.textContent !== name) label.textContent = name
        }
      }
      awareness.on('change', onChange)
      return {
        destroy: () => {
          awareness.off('change', onChange)
          for (const timer of moved.values()) clearTimeout(timer)
          moved.clear()
        },
      }
    },
  })
}

function caretOf(view: EditorView, clientId: number): Element | null {
  return view.dom.querySelector(`.remote-caret[data-client="${clientId}"]`)
}
