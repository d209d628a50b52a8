/** Loaded with `node --import`: changes one place of one file while it is loaded. MUTANT names which. */
import { registerHooks } from 'node:module'
import { MUTANTS } from './mutants.ts'

const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT)
if (mutant === undefined) throw new Error(`There is no mutant "${process.env.MUTANT ?? ''}".`)
const target = new URL(`../src/${mutant.file}`, import.meta.url).href

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (url !== target) return loaded
    const source =
      loaded.source instanceof Uint8Array || Buffer.isBuffer(loaded.source)
        ? Buffer.from(loaded.source).toString()
        : (loaded.source as string)
    if (!source.includes(mutant.find))
      throw new Error(`Mutant "${mutant.name}": its place is not in ${mutant.file} any more.`)
    return { ...loaded, source: source.replace(mutant.find, () => mutant.replace) }
  },
})
