/**
 * `node packages/binding/test/compare.ts [--seeds 200] [--steps 100]`: the same stories with our binding and with the two that it replaces;
 * the table of README.md. For the others a story counts as failed only by what anybody would see: an exception, a view that shows other
 * letters than its Y.Doc has, people who end with different documents, a reader who writes.
 */
import { parseArgs } from 'node:util'
import { ours, yProsemirror, yTiptap } from './bindings.ts'
import { tellStory } from './story.ts'

const REASONS: readonly [string, RegExp][] = [
  ['documents or views differ in the end', /documents differ|views differ/],
  ['the view is not what is stored', /shows/],
  ['somebody wrote who only looks on', /the reader wrote|showing wrote/],
]

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, steps: { type: 'string', default: '100' } },
})
const [seeds, steps] = [Number(values.seeds), Number(values.steps)]
console.log(`${seeds} stories of ${steps} steps for each\n| binding | people | fail | why |\n|---|---|---|---|`)
// What the others print to the console while they fail is not the matter here.
console.warn = console.error = () => undefined
for (const people of [2, 3, 4])
  for (const binding of [yTiptap, yProsemirror, ours]) {
    const reasons = new Map<string, number>()
    for (let seed = 1; seed <= seeds; seed += 1) {
      const reason = reasonOf(() => tellStory({ seed, binding, steps, people }))
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    const failed = [...reasons.values()].reduce((sum, count) => sum + count, 0)
    const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ')
    console.log(`| ${binding.name} | ${people} | ${failed} of ${seeds} | ${why} |`)
  }

function reasonOf(story: () => void): string | undefined {
  try {
    story()
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return REASONS.find(([, pattern]) => pattern.test(message))?.[0] ?? 'an exception'
  }
}
