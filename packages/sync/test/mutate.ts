/** Loaded with `node --import`: changes one place of one file while it is loaded. MUTANT names which. */
import { registerHooks } from 'node:module'
import { MUTANTS } from './mutants.ts'

const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT)
if (mutant === undefined) throw new Error(`There is no mutant "${process.env.MUTANT ?? ''}".`)
const target = new URL(`../src/${mutant.file}`, import.meta.url).href
const changes = [mutant, ...(mutant.also === undefined ? [] : [mutant.also])]

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (url !== target) return loaded
    let source =
      loaded.source instanceof Uint8Array || Buffer.isBuffer(loaded.source)
        ? Buffer.from(loaded.source).toString()
        : (loaded.source as string)
    for (const { find, replace } of changes) {
      if (!source.includes(find))
        throw new Error(`Mutant "${mutant.name}": its place is not in ${mutant.file} any more.`)
      source = source.replace(find, () => replace)
    }
    return { ...loaded, source }
  },
})
