import { isDay } from '@tandem/schema/day'
import type { Node } from '@tiptap/pm/model'
import type { NodeView } from '@tiptap/pm/view'
import { dayForPeople } from '../../day-for-people.ts'

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
