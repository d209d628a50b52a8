import type { Part } from './protocol.ts'

/** Whether the edit that a row belongs to has more rows after it. A row without a part is a whole edit. */
export function goesOn({ part }: { readonly part?: Part }): boolean {
  return part !== undefined && part.part < part.of
}
