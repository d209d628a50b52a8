/** What the server calls a document whose title is empty. */
export const UNTITLED = 'Untitled'

/** The title as a field shows it: a document without one has an empty field with a placeholder. */
export function titleForField(title: string): string {
  return title === UNTITLED ? '' : title
}
