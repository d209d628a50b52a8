/** The element goes, what is in it stays. One after the other: a call takes some ten thousand arguments, and a page may have more children. */
export function unwrap(element: Element): void {
  while (element.firstChild !== null) element.before(element.firstChild)
  element.remove()
}

/** Moves what is in one into the other. */
export function moveInto(target: Element, source: Element): void {
  while (source.firstChild !== null) target.append(source.firstChild)
}
