import { Extension } from '@tiptap/core'
import { NodeSelection, Plugin, PluginKey } from '@tiptap/pm/state'
import type { BlockPanels } from '../blocks/block-panels.ts'
import { FileView } from './file-view.ts'
import { ImageView } from './image-view.ts'

/** How pictures and files are drawn on the page. Enter on a selected one opens what can be done with it. */
export const MediaViews = Extension.create<{ panels: BlockPanels | undefined }>({
  name: 'mediaViews',

  addOptions() {
    return { panels: undefined }
  },

  addKeyboardShortcuts() {
    return {
      Enter: () => {
        const { selection } = this.editor.state
        const name = selection instanceof NodeSelection ? selection.node.type.name : undefined
        if (name !== 'image' && name !== 'file') return false
        const dom = this.editor.view.nodeDOM(selection.from)
        const button = dom instanceof HTMLElement && dom.querySelector(name === 'image' ? '.image-options' : 'a')
        if (button instanceof HTMLElement) button.click()
        return true
      },
    }
  },

  addProseMirrorPlugins() {
    const { panels } = this.options
    if (!panels) throw new Error('MediaViews needs its panels.')
    return [
      new Plugin({
        key: new PluginKey('mediaViews'),
        props: {
          nodeViews: {
            image: (node, view, getPos) => new ImageView(node, view, getPos, panels),
            file: (node) => new FileView(node),
          },
        },
      }),
    ]
  },
})
