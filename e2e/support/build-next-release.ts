/** Builds the page into the folder that is given, with a mark that says so. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/parts/workspace.mjs'

interface Vite {
  build(options: {
    root: string
    logLevel: 'warn'
    plugins: { name: string; transform(code: string, id: string): string | undefined }[]
    build: { outDir: string; emptyOutDir: true }
  }): Promise<unknown>
}

const web = join(root, 'apps/web')
const vitePath = createRequire(join(web, 'package.json')).resolve('vite')
const { build } = (await import(pathToFileURL(vitePath).href)) as Vite

const mark = {
  name: 'next-release',
  transform: (code: string, id: string) =>
    id.endsWith('/src/main.tsx') ? `${code}\ndocument.documentElement.dataset.release = 'next'` : undefined,
}
process.chdir(web)
await build({
  root: web,
  logLevel: 'warn',
  plugins: [mark],
  build: { outDir: process.argv[2] ?? '', emptyOutDir: true },
})
