/** An element as it is on the screen: its tag, its attributes, what is in it. A string is text. */
export type ScreenNode = string | ScreenElement
export type ScreenElement = readonly [
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...contents: ScreenNode[],
]

/** What a document begins with, as the page that opens it gets it. */
export interface FirstScreen {
  readonly documentId: string
  /** Who may see it; null: whoever has the address. */
  readonly userId: string | null
  readonly blocks: readonly ScreenNode[]
}
