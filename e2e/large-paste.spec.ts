// F37 with real editors. How long the other one is busy is noted here; `pnpm faults F37` judges it.
import { LARGE_TEXT, pasteBefore } from './support/large-paste.ts'
import { expect, test } from './support/test.ts'

test('a paste of 5 MB arrives whole at somebody else', async ({ openTabs }, testInfo) => {
  test.setTimeout(180_000)
  const [ann, bob] = await openTabs({}, {})
  await bob.open(await ann.newDocument())

  const { longestTaskMs, savedAndShownMs } = await pasteBefore(bob, ann)
  testInfo.annotations.push({
    type: 'F37',
    description: `longest task of the other tab ${longestTaskMs} ms; saved and shown after ${Math.round(savedAndShownMs)} ms`,
  })
  expect(longestTaskMs).toBeGreaterThan(0) // drawing this much takes longer than 50 ms anywhere: it was looked at
  for (const tab of [ann, bob]) expect((await tab.text()) === LARGE_TEXT).toBe(true) // no diff of 5 MB
})
