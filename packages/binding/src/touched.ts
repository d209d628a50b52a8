import * as Y from 'yjs'
import { type YParent, type YType, parentOf } from './y-tree.ts'

/**
 * Where something changed: the fragments and elements whose own attributes, children or texts did, and all that they stand
 * in. Built from what one transaction changed by walking upwards, no further than where another walk has been.
 */
export class Touched {
  /** Of each touched parent the children to look into; undefined once the parent itself changed. */
  readonly #children = new Map<YType, Set<YType> | undefined>()

  constructor(root: YParent, changed: Iterable<YType>) {
    for (const type of changed) this.#walkUp(root, type)
  }

  has(type: YType): boolean {
    return this.#children.has(type)
  }

  /** Undefined if the parent's own content changed, or nothing in it. */
  childrenOf(parent: YType): ReadonlySet<YType> | undefined {
    return this.#children.get(parent)
  }

  #walkUp(root: YParent, type: YType): void {
    const path: YType[] = []
    for (let at: YType | null = type; at !== null; at = parentOf(at)) {
      if (at instanceof Y.XmlFragment || path.length > 0) path.push(at)
      if (at === root || this.#children.has(at)) return this.#add(path)
    }
  }

  #add(path: readonly YType[]): void {
    path.forEach((type, index) => {
      const child = path[index - 1]
      if (child === undefined) this.#children.set(type, undefined)
      else if (!this.#children.has(type)) this.#children.set(type, new Set([child]))
      else this.#children.get(type)?.add(child)
    })
  }
}
