import type { Plugin } from 'vite'

const AHEAD = 'ahead'

/**
 * Puts `src/app/ahead.ts` with what it needs into a small file of its own that runs as soon as it is here: a module that is merely
 * imported would run when all that its page imports has come.
 */
export function runAhead(): Plugin {
  const groups = [{ name: AHEAD, test: /\/(?:app\/ahead|account\/sign-in)\.ts$/ }]
  return {
    name: 'tandem:run-ahead',
    apply: 'build',
    config: () => ({ build: { rolldownOptions: { output: { codeSplitting: { groups } } } } }),
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
