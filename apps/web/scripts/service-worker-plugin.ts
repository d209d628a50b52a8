import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rolldown } from 'vite'
import { precacheList, type BuiltFile, type PrecacheList } from '../src/service-worker/precache-list.ts'

const WORKER = fileURLToPath(new URL('../src/service-worker/service-worker.ts', import.meta.url))
/** What people see without asking for it: with all that these import, a document opens. */
const FIRST = ['index.html', 'src/home/home-page.tsx', 'src/document/document-route.tsx', 'editor/editor-surface.tsx']
const FIRST_FONT = /\/inter-latin-wght-normal-[^/]+\.woff2$/

type Bundle = Rolldown.OutputBundle

/** Adds `sw.js` to the build: the service worker, with the list of this build's files in it. */
export function serviceWorker(): Plugin {
  let publicDir = ''
  return {
    name: 'tandem:service-worker',
    apply: 'build',
    enforce: 'post', // after the page has its final form
    configResolved: (config) => {
      publicDir = config.publicDir
    },
    async generateBundle(_, bundle) {
      const list = listOf(bundle, publicDir)
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: await workerCode(list) })
    },
  }
}

function listOf(bundle: Bundle, publicDir: string): PrecacheList {
  const page = bundle['index.html']
  if (page?.type !== 'asset') throw new Error('The build has no index.html.')
  const files = Object.values(bundle)
    .filter(({ fileName }) => fileName.startsWith('assets/'))
    .map((item) => builtFile(item.fileName, item.type === 'chunk' ? item.code : item.source))
  const facts = {
    files: [...files, ...publicFiles(publicDir)],
    page: `sha256-${sha256(page.source).digest('base64')}`,
    entry: `/${chunkOf(bundle, 'index.html').fileName}`,
    first: firstFiles(bundle),
  }
  return precacheList(facts, (text) => sha256(text).digest('hex').slice(0, 16))
}

function firstFiles(bundle: Bundle): ReadonlySet<string> {
  const found = new Set<string>()
  const follow = (fileName: string): void => {
    const chunk = bundle[fileName]
    if (chunk?.type !== 'chunk' || found.has(fileName)) return
    found.add(fileName)
    for (const file of chunk.viteMetadata?.importedCss ?? []) found.add(file)
    chunk.imports.forEach(follow)
  }
  for (const suffix of FIRST) follow(chunkOf(bundle, suffix).fileName)
  const font = Object.keys(bundle).find((fileName) => FIRST_FONT.test(fileName))
  if (font === undefined)
    throw new Error('The build has no Latin letters: scripts/service-worker-plugin.ts looks for them by name.')
  return new Set([...found, font].map((fileName) => `/${fileName}`))
}

function chunkOf(bundle: Bundle, suffix: string): Rolldown.OutputChunk {
  for (const item of Object.values(bundle)) {
    if (item.type === 'chunk' && item.facadeModuleId?.endsWith(suffix) === true) return item
  }
  throw new Error(`The build has no chunk of ${suffix}.`)
}

/** Icons and the web app's manifest, which Vite copies as they are. */
function publicFiles(publicDir: string): readonly BuiltFile[] {
  if (!existsSync(publicDir)) return []
  return readdirSync(publicDir).map((name) => builtFile(name, readFileSync(join(publicDir, name))))
}

function builtFile(name: string, content: string | Uint8Array): BuiltFile {
  return { path: `/${name}`, bytes: Buffer.byteLength(content), hash: sha256(content).digest('hex') }
}

/** One classic script: a module's imports would be files of their own. */
async function workerCode(list: PrecacheList): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { PRECACHE_LIST: JSON.stringify(list) },
    build: {
      write: false,
      target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
      rolldownOptions: { input: WORKER, output: { format: 'iife' } },
    },
  })
  const [output] = [built].flat()
  const code = output && 'output' in output ? output.output[0].code : undefined
  if (code === undefined) throw new Error('The service worker was not built.')
  return code
}

function sha256(content: string | Uint8Array) {
  return createHash('sha256').update(content)
}
