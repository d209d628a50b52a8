import { unsupportedContent, ySyncPlugin, yUndoPlugin } from '../../src/index.ts'
import { expose } from './page.ts'

expose({ extensions: unsupportedContent, plugins: (fragment) => [ySyncPlugin(fragment), yUndoPlugin()] })
