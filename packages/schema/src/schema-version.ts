/**
 * Of the document schema, not of the wire. It grows by one with every node, mark or attribute that an older page
 * would not understand; pages of different versions never write into one document (DESIGN.md, "Versions").
 * The schema is only ever widened: what was once written must stay readable.
 *
 * 2: callout, details (with detailsSummary, detailsContent), inlineMath, blockMath, date, mention; the marks highlight and
 * textStyle; textAlign of paragraphs and headings.
 * 3: columns and column, which stand in the doc itself; blockId of blocks;
 * file; caption, width and align of images.
 */
export const SCHEMA_VERSION = 3

/** Name of the Y.XmlFragment at the root of a document's Y.Doc that holds its text. */
export const FRAGMENT = 'body'
