import { isDay } from '@tandem/schema'
import type { Node } from '@tiptap/pm/model'
import type { NodeView } from '@tiptap/pm/view'

/** A day as this reader's language writes it. */
export class DateView implements NodeView {
  readonly dom = document.createElement('time')
  #node: Node

  constructor(node: Node) {
    this.#node = node
    this.dom.className = 'date'
    this.#show()
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false
    this.#node = node
    this.#show()
    return true
  }

  ignoreMutation(): boolean {
    return true
  }

  #show(): void {
    const day: unknown = this.#node.attrs['date']
    this.dom.textContent = dayForPeople(day)
    if (isDay(day)) this.dom.dateTime = day
    else this.dom.removeAttribute('datetime')
  }
}

/** `22 November 2026`; years are always said, as the text is read for longer. */
export function dayForPeople(day: unknown): string {
  if (!isDay(day)) return '?'
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const local = new Date(2000, month - 1, date)
  local.setFullYear(year)
  return local.toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
}
