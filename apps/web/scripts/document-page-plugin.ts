import type { Plugin, Rolldown } from 'vite'

const DOCUMENT = ['src/document/document-route.tsx', 'editor/editor-surface.tsx']

/**
 * Adds `document.html` to the build, which the server sends for a document's address: the page, with what a document needs named in it. The
 * page itself would ask for that once its first script has come, a round trip later.
 */
export function documentPage(): Plugin {
  return {
    name: 'tandem:document-page',
    apply: 'build',
    enforce: 'post', // after the page has its final form
    generateBundle(_, bundle) {
      const page = bundle['index.html']
      if (page?.type !== 'asset') throw new Error('The build has no index.html.')
      const html = String(page.source)
      const links = [...neededBy(bundle)]
        .filter((fileName) => !html.includes(`/${fileName}"`))
        .map((fileName) =>
          fileName.endsWith('.css')
            ? `<link rel="preload" as="style" crossorigin href="/${fileName}">`
            : `<link rel="modulepreload" crossorigin href="/${fileName}">`,
        )
      const source = html.replace('</head>', `${links.map((link) => `  ${link}\n  `).join('')}</head>`)
      this.emitFile({ type: 'asset', fileName: 'document.html', source })
    },
  }
}

function neededBy(bundle: Rolldown.OutputBundle): ReadonlySet<string> {
  const found = new Set<string>()
  const follow = (fileName: string): void => {
    const chunk = bundle[fileName]
    if (chunk?.type !== 'chunk' || found.has(fileName)) return
    found.add(fileName)
    chunk.imports.forEach(follow)
    for (const file of chunk.viteMetadata?.importedCss ?? []) found.add(file)
  }
  for (const suffix of DOCUMENT) {
    const chunk = Object.values(bundle).find((item) => item.type === 'chunk' && item.facadeModuleId?.endsWith(suffix))
    if (chunk === undefined) throw new Error(`The build has no chunk of ${suffix}.`)
    follow(chunk.fileName)
  }
  return found
}
