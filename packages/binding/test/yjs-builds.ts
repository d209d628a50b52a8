import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import * as esm from 'yjs'

const cjs = requireSecondBuild()

/** Yjs warns when it is loaded twice, as documents of two builds must not meet; here they do not. */
function requireSecondBuild(): typeof esm {
  Reflect.deleteProperty(globalThis, '__ $YJS$ __')
  const path = fileURLToPath(import.meta.resolve('yjs')).replace(/yjs\.mjs$/, 'yjs.cjs')
  return createRequire(import.meta.url)(path) as typeof esm
}

/** Both builds carry the patch: Vite bundles the one, a script that requires yjs gets the other. */
export const YJS_BUILDS: readonly (readonly [name: string, yjs: typeof esm])[] = [
  ['yjs.mjs', esm],
  ['yjs.cjs', cjs],
]
