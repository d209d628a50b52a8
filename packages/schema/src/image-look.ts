import { isAlignment, type Alignment } from './palette.ts'

/** In UTF-16 units; a node refuses an edit with a longer value (LIMITS.valueBytes). */
export const LONGEST_CAPTION = 500
/** Of the text's width, in percent. */
export const NARROWEST_IMAGE = 10

/** How a picture stands in the text, and what is said of it; whatever an update brought, this is what is believed of it. */
export interface ImageLook {
  /** What stands under it; '' for nothing. */
  readonly caption: string
  /** In percent of the text's width, 10 to 100; undefined: its own width, as far as there is room. */
  readonly width: number | undefined
  /** Undefined: on the left. */
  readonly align: Alignment | undefined
}

export function imageLook({ caption, width, align }: Readonly<Record<string, unknown>>): ImageLook {
  return {
    caption: typeof caption === 'string' ? caption.slice(0, LONGEST_CAPTION) : '',
    width: imageWidth(width),
    align: isAlignment(align) ? align : undefined,
  }
}

/** A width in whole percent, as near as may be to what was asked for; undefined for what is no number. */
export function imageWidth(width: unknown): number | undefined {
  if (typeof width !== 'number' || !Number.isFinite(width)) return undefined
  return Math.min(100, Math.max(NARROWEST_IMAGE, Math.round(width)))
}
