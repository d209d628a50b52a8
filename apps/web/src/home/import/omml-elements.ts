/** Reading Word's markup for formulas: elements by name, and what their properties say. */

/** What the element's own properties say. */
export function said(element: Element, name: string): string | undefined {
  const properties = childrenOf(element).find(({ localName }) => localName === `${element.localName}Pr`)
  return properties && valueOf(named(properties, name)[0])
}

/** Of each column of a matrix `left`, `center` or `right`; `several` for columns of which it says so at once. */
export function columnSides(matrix: Element): string[] {
  const [properties] = named(matrix, 'mPr')
  const [columns] = properties === undefined ? [] : named(properties, 'mcs')
  if (columns === undefined) return []
  return named(columns, 'mc').map((column) =>
    (said(column, 'count') ?? '1') === '1' ? (said(column, 'mcJc') ?? 'center') : 'several',
  )
}

/** Without a value it is on. */
export function isOn(element: Element, name: string, otherwise = false, within?: Element): boolean {
  const properties = within ?? childrenOf(element).find(({ localName }) => localName === `${element.localName}Pr`)
  const [property] = properties === undefined ? [] : named(properties, name)
  return property === undefined ? otherwise : !/^(?:0|false|off)$/.test(valueOf(property) ?? '')
}

export function valueOf(element: Element | undefined): string | undefined {
  if (element === undefined) return undefined
  const found = Array.from(element.attributes).find(({ localName, name }) => (localName ?? name) === 'val')
  return found?.value
}

/** All that is in it, if that is one element. */
export function onlyChild(element: Element): Element | undefined {
  const [only, ...others] = childrenOf(element).filter(({ localName }) => !localName.endsWith('Pr'))
  return others.length === 0 ? only : undefined
}

export function named(element: Element, name: string): Element[] {
  return childrenOf(element).filter(({ localName }) => localName === name)
}

export function childrenOf({ childNodes }: Element): Element[] {
  return Array.from(childNodes).filter((node): node is Element => node.nodeType === 1)
}
