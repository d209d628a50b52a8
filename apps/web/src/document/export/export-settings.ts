/** A picture's bytes, of a kind that browsers and Word show and that cannot run anything. */
export interface Picture {
  readonly type: 'png' | 'jpg' | 'gif'
  readonly bytes: Uint8Array
  readonly widthPx: number
  readonly heightPx: number
}

export interface ExportSettings {
  readonly title: string
  /** Then it is not written above the text. */
  readonly titleIsInText: boolean
  /** The document's address: what addresses without a host are meant from. */
  readonly base: string
  /** A day (as `2026-11-22`) as this person's language writes it. */
  day(day: string): string
  /** By their addresses in the document; others stay where they are. */
  readonly pictures: ReadonlyMap<string, Picture>
}
