import type { Plugin } from '@tiptap/pm/state'
import { ySyncPlugin, yUndoPlugin } from 'upstream-y-tiptap'
import { expose } from './page.ts'

expose({ extensions: [], plugins: (fragment) => [ySyncPlugin(fragment) as Plugin, yUndoPlugin() as Plugin] })
