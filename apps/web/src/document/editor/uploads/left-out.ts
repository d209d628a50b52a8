import { warn } from '../../../ui/toast-store.ts'

/** Of what was pasted. */
export function tellLeftOut(pictures: number): void {
  const what = pictures === 1 ? 'A picture was not pasted' : `${pictures} pictures were not pasted`
  warn(what, 'The program that they are from did not hand them over. Save them there, and drop the files here.')
}
