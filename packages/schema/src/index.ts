export { CODE_LANGUAGES, codeLanguage } from './code-languages.ts'
export { isBlockId } from './block-id.ts'
export { findBlock, newBlockId } from './block-names.ts'
export { MOST_COLUMNS, columnShares, columnWidth, evenOut } from './columns.ts'
export { dayText, isDay } from './day.ts'
export { DEEPEST_HEADING, documentExtensions } from './document-extensions.ts'
export { LONGEST_CAPTION, NARROWEST_IMAGE, imageLook, imageWidth, type ImageLook } from './image-look.ts'
export { LONGEST_FORMULA, formulaOf } from './mathematics.ts'
export { mentionOf, mentionText, type MentionAttributes } from './mention.ts'
export {
  CALLOUT_KINDS,
  COLOURS,
  calloutKind,
  isAlignment,
  isColour,
  type Alignment,
  type CalloutKind,
  type Colour,
} from './palette.ts'
export { isSafeImage, isSafeLink } from './safe-url.ts'
export { fileName, fileOf, sizeText, uploadAddress, uploadIdOf, type FileAttributes } from './upload.ts'
export { FRAGMENT, SCHEMA_VERSION } from './schema-version.ts'
