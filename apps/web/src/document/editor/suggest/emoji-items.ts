import { gemoji } from 'gemoji'
import { matching } from './matching.ts'
import type { SuggestItem } from './suggest-menu.ts'

const MOST_SHOWN = 40
/** What people reach for before they have typed a name. */
const FAVOURITES = ['👍', '🎉', '❤️', '😀', '🙏', '🚀', '👀', '✅', '🔥', '😅', '💡', '🤔']

const ALL = gemoji.map(({ emoji, names, tags, description, category }) => ({
  names,
  words: [...names, ...tags, description],
  item: {
    id: names[0] ?? emoji,
    group: category,
    label: `:${names[0] ?? ''}:`,
    look: { text: emoji },
    apply: (chain) => chain.insertContent(`${emoji} `),
  } satisfies SuggestItem as SuggestItem,
}))
const favourites = ALL.filter(({ item }) => 'text' in item.look && FAVOURITES.includes(item.look.text)).map(
  ({ item }) => ({
    ...item,
    group: 'Often used',
  }),
)

/** Emoji by name, at most 40. In a chunk of its own: the names are 40 KB. */
export function emojiItems(query: string): readonly SuggestItem[] {
  if (query === '') return favourites
  const candidates = ALL.map((emoji) => ({ ...emoji, group: emoji.item.group }))
  const named = matching(candidates, query, ({ names }) => names)
  const meant = matching(candidates, query, ({ words }) => words)
  // What is called so comes before what has to do with it.
  const found = [...new Set([...named, ...meant].map(({ item }) => item))].slice(0, MOST_SHOWN)
  const groups = [...new Set(found.map(({ group }) => group))]
  return groups.flatMap((group) => found.filter((item) => item.group === group))
}
