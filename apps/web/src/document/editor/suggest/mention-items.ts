import type { MentionAttributes } from '@tandem/schema'
import { FileText } from 'lucide-react'
import { matching } from './matching.ts'
import type { SuggestItem } from './suggest-menu.ts'

export interface MentionablePerson {
  readonly userId: string
  readonly name: string
  readonly color: string
}

export interface MentionableDocument {
  readonly documentId: string
  readonly title: string
}

const MOST_PEOPLE = 6
const MOST_DOCUMENTS = 10

/** People and documents whose names fit, the people first. Each person once. */
export function mentionItems(
  query: string,
  people: readonly MentionablePerson[],
  documents: readonly MentionableDocument[],
): readonly SuggestItem[] {
  const distinct = [...new Map(people.map((person) => [person.userId, person])).values()]
  const found = matching(
    distinct.map((person) => ({ ...person, group: 'People' })),
    query,
    ({ name }) => [name],
  )
  const leading = matching(
    documents.map((document) => ({ ...document, group: 'Documents' })),
    query,
    ({ title }) => [title],
  )
  return [
    ...found.slice(0, MOST_PEOPLE).map(({ userId, name, color, group }): SuggestItem => ({
      id: `person-${userId}`,
      group,
      label: name,
      look: { avatar: name, color },
      apply: (chain) => chain.insertMention(mention('person', userId, name)),
    })),
    ...leading.slice(0, MOST_DOCUMENTS).map(({ documentId, title, group }): SuggestItem => ({
      id: `document-${documentId}`,
      group,
      label: title,
      look: { icon: FileText },
      apply: (chain) => chain.insertMention(mention('document', documentId, title)),
    })),
  ]
}

function mention(kind: MentionAttributes['kind'], id: string, label: string): MentionAttributes {
  return { kind, id, label }
}
