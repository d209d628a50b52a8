import type { Stage, StageCluster } from './stage.ts'
import { Writer } from './writers.ts'

/** A document of its own beside the one of the stage, made by its owner. */
export async function newDocument<Cluster extends StageCluster>(stage: Stage<Cluster>, title: string): Promise<string> {
  const owner = stage.client()
  try {
    return (await owner.api.documents.create.mutate({ title })).documentId
  } finally {
    await owner.close()
  }
}

/** Writers of a document of their own, by their tokens, each at an address. They are told apart by a prefix. */
export async function writersOf(
  documentId: string,
  options: { readonly prefix: string; readonly tokens: readonly string[]; at(index: number): string },
): Promise<readonly Writer[]> {
  const { prefix, tokens, at } = options
  const writers = tokens.map(
    (token, index) => new Writer({ name: `${prefix}${index}`, token, documentId, node: { url: at(index) } }),
  )
  await Promise.all(writers.map((writer) => writer.ready()))
  return writers
}

/** They write words that last, one after the other, while they may. Returns stop. */
export function writing(writers: readonly Writer[], options: { everyMs: number; random: () => number }): () => void {
  let turn = 0
  const typing = setInterval(() => {
    const writer = writers[turn % writers.length]
    turn += 1
    if (writer !== undefined && !writer.isBarred) writer.writeLasting(options.random)
  }, options.everyMs)
  return () => clearInterval(typing)
}

/** Words that somebody typed and that are neither in the document nor in a copy of theirs: what must never happen. */
export async function lostWords(writers: readonly Writer[], text: string): Promise<readonly string[]> {
  const lost: string[] = []
  for (const writer of writers) {
    const copied = await writer.copiedText()
    lost.push(...[...writer.typed].filter((word) => !text.includes(word) && !copied.includes(word)))
  }
  return lost
}

export async function closeAll(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.close()))
}
