/** Prints what the built page weighs (gzip), and fails when a part is over its budget (PRODUCT.md). Run after `vite build`. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** shell: what every page loads. editor: what a document loads besides. */
const BUDGET_KB = { shell: 225, editor: 230 }

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8')) as Record<string, Chunk>

/** The files of a chunk and of everything that loads with it. */
function filesOf(suffix: string, found = new Set<string>()): Set<string> {
  const key = Object.keys(manifest).find((name) => name.endsWith(suffix))
  const chunk = key === undefined ? undefined : manifest[key]
  if (!chunk) throw new Error(`dist/.vite/manifest.json has no chunk ${suffix}. Run \`vite build\` first.`)
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const next of chunk.imports ?? []) filesOf(next, found)
  return found
}

function kilobytes(files: ReadonlySet<string>): number {
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0)
  return bytes / 1024
}

const shell = filesOf('index.html')
const document = new Set([...filesOf('document-route.tsx'), ...filesOf('editor-surface.tsx')])
const onTop = new Set([...document].filter((file) => !shell.has(file)))
const sizes = { shell: kilobytes(shell), editor: kilobytes(onTop) }
for (const name of ['shell', 'editor'] as const) {
  process.stdout.write(`${name}: ${sizes[name].toFixed(1)} KB gz of ${BUDGET_KB[name]}\n`)
}
if (sizes.shell > BUDGET_KB.shell || sizes.editor > BUDGET_KB.editor) process.exitCode = 1
