import type { Plugin, Rolldown } from 'vite'

const AHEAD = 'ahead'
const SHARED = 'shared'
const RUNS_AHEAD =
  /\/src\/(?:app\/ahead|account\/(?:sign-in|remembered-me)|document\/(?:day-for-people|document-here|reading-place|first-screen\/(?:first-screen(?:-nodes|-storage)?|served-screen))|day)\.ts$/
const LIBRARY = /\/node_modules\//
/** The pages, by what they are asked for with. */
const HOME = ['/src/home/home-page.tsx']
const DOCUMENT = ['/src/document/document-route.tsx', '/src/document/editor/editor-surface.tsx']

/**
 * Which files the page comes in. Left alone it would be one for each set of modules that the same parts share: forty for a document. Now
 * it is one for what every page needs, a few for what two pages need, and one for the rest of a document, apart from the libraries in
 * them, which stay the same from release to release. `src/app/ahead.ts` with what it needs is a small file that runs as soon as it is here:
 * what is merely imported would run when all that its page imports has come.
 */
export function pageChunks(): Plugin {
  let [home, document]: ReadonlySet<string>[] = [new Set(), new Set()]
  const isShared = (id: string): boolean => home!.has(id) && document!.has(id)
  const isOfDocuments = (id: string): boolean => document!.has(id)
  // The first that fits takes a module.
  const groups: Rolldown.CodeSplittingGroup[] = [
    { name: AHEAD, test: RUNS_AHEAD },
    { name: 'libraries', tags: ['$initial'], test: LIBRARY },
    { name: 'page', tags: ['$initial'] },
    { name: SHARED, test: isShared, entriesAware: true, entriesAwareMergeThreshold: 12_000 },
    { name: 'document-libraries', test: (id) => LIBRARY.test(id) && isOfDocuments(id) },
    { name: 'document', test: isOfDocuments },
  ]
  const output: Rolldown.OutputOptions = {
    codeSplitting: { groups: groups.map((group, index) => ({ ...group, priority: groups.length - index })) },
    // Rolldown's name for them has the names of all who share.
    chunkFileNames: ({ name }) => `assets/${name.startsWith(`${SHARED}~`) ? SHARED : '[name]'}-[hash].js`,
  }
  return {
    name: 'tandem:page-chunks',
    apply: 'build',
    config: () => ({ build: { rolldownOptions: { output } } }),
    buildEnd() {
      const modules = [...this.getModuleIds()]
      const imported = (id: string) => this.getModuleInfo(id)?.importedIds ?? []
      ;[home, document] = [HOME, DOCUMENT].map((entries) => closure(modules, entries, imported))
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find((item) => item.type === 'chunk' && item.name === AHEAD)
        if (chunk === undefined) throw new Error('The build has no chunk of src/app/ahead.ts.')
        const attrs = { type: 'module', async: true, crossorigin: true, src: `/${chunk.fileName}` }
        return [{ tag: 'script', attrs, injectTo: 'head' }]
      },
    },
  }
}

/** All that these import, themselves left out: they keep files of their own names. */
function closure(
  modules: readonly string[],
  entries: readonly string[],
  imported: (id: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>()
  const follow = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    imported(id).forEach(follow)
  }
  const starts = modules.filter((id) => entries.some((path) => id.endsWith(path)))
  if (starts.length !== entries.length) throw new Error(`The build has not all of ${entries.join(', ')}.`)
  starts.forEach(follow)
  for (const start of starts) found.delete(start)
  return found
}
