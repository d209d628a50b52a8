import { expect, test } from './support/test.ts'
import { setTimeout as wait } from 'node:timers/promises'
test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })
const log = (...a: unknown[]) => console.log('##', ...a)
test('find', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  const lines: string[] = []
  for (let i = 0; i < 60; i++)
    lines.push(i % 10 === 5 ? `Line ${i} cat here and more words in it` : `Line ${i} plain words`)
  const id = await ann.importMarkdown({ name: 'a.md', bytes: lines.join('\n\n') + '\n' })
  await bob.open(id)
  await ann.body.press('Control+Home')
  await ann.page.keyboard.press('Control+f')
  const find = ann.page.getByRole('search', { name: 'Find in this document' })
  await ann.page.keyboard.type('cat')
  await find.getByRole('button', { name: 'Replace', exact: true }).click()
  await find.getByRole('textbox', { name: 'Find' }).focus()
  for (let i = 0; i < 2; i++) await ann.page.keyboard.press('Enter')
  await wait(800)
  const st = async (w: string) => {
    const r = await ann.page.evaluate(() => {
      const c = [...document.querySelectorAll('.found-current')]
      return {
        count: document.querySelector('search [aria-live]')?.textContent,
        cur: c.map((e) => e.closest('p')?.textContent),
        curText: c.map((e) => e.textContent).join('|'),
        top: Math.round(c[0]?.getBoundingClientRect().top ?? -1),
        scroll: Math.round(document.scrollingElement!.scrollTop),
        focus: document.activeElement?.getAttribute('aria-label'),
        found: document.querySelectorAll('.found').length,
      }
    })
    log(w, JSON.stringify(r))
  }
  await st('start (third)')
  const clickB = async (t: string, key: string) => {
    await bob.body.getByText(t, { exact: false }).first().click()
    await bob.page.keyboard.press(key)
  }
  await clickB('Line 2 plain', 'End')
  await bob.typeHere(' cat cat before')
  await wait(500)
  await st('bob adds 2 before')
  await clickB('Line 40 plain', 'End')
  await bob.typeHere(' cat after')
  await wait(500)
  await st('bob adds 1 after')
  await clickB('Line 3 plain', 'End')
  for (let i = 0; i < 10; i++) await bob.page.keyboard.press('Enter')
  await wait(500)
  await st('bob adds 10 paragraphs before')
  await clickB('Line 25 cat', 'Home')
  await bob.typeHere('cat first ')
  await wait(500)
  await st('bob adds a match in the same paragraph before current')
  await bob.page.keyboard.press('Home')
  await bob.page.keyboard.press('Control+ArrowRight')
  await bob.page.keyboard.press('Control+ArrowRight')
  await bob.page.keyboard.press('Enter')
  await wait(500)
  await st('bob splits the paragraph of current before it')
  // split in the middle of the matched word
  await clickB('Line 25 cat', 'Home')
  for (let i = 0; i < 'Line 25 ca'.length; i++) await bob.page.keyboard.press('ArrowRight')
  await bob.page.keyboard.press('Enter')
  await wait(500)
  await st('bob splits the word itself')
  await bob.page.keyboard.press('Backspace')
  await wait(500)
  await st('bob joins it again')
  // type while replace field
  await find.getByRole('textbox', { name: 'Replace with' }).fill('cats')
  await find.getByRole('textbox', { name: 'Replace with' }).focus()
  await st('before replace')
  await ann.page.keyboard.press('Enter')
  await wait(300)
  await st('replace 1 with "cats"')
  await ann.page.keyboard.press('Enter')
  await wait(300)
  await st('replace 2 with "cats"')
  log(
    (await ann.text())
      .split('\n')
      .filter((l) => /cat/.test(l))
      .join(' / '),
  )
  // bob types madly at the same paragraph while ann replaces
  await find.getByRole('textbox', { name: 'Replace with' }).fill('DOG')
  const where = ann.page.locator('.found-current').first()
  log('cur para', await where.evaluate((e) => e.closest('p')!.textContent))
  await clickB('Line 45 cat', 'Home')
  await Promise.all([
    bob.page.keyboard.type('typing along here cat ', { delay: 15 }),
    (async () => {
      await find.getByRole('textbox', { name: 'Replace with' }).focus()
      for (let i = 0; i < 6; i++) {
        await ann.page.keyboard.press('Enter')
        await wait(60)
      }
    })(),
  ])
  await wait(500)
  await st('after 6 replaces with typing')
  log(
    (await ann.text())
      .split('\n')
      .filter((l) => /cat|DOG/.test(l))
      .join(' / '),
  )
  log('same', (await ann.text()) === (await bob.text()))
  await ann.page.screenshot({ path: '/tmp/eyes-find.png' })
  await find.getByRole('button', { name: 'All' }).click()
  await wait(300)
  await st('all')
  log(
    (await ann.text())
      .split('\n')
      .filter((l) => /cat|DOG/.test(l))
      .join(' / '),
  )
})
test('find long paragraph', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  const w = Array.from({ length: 3000 }, (_, i) => `word${i}`)
  w[20] = 'needle'
  w[2950] = 'needle'
  await ann.importMarkdown({
    name: 'a.md',
    bytes:
      w.join(' ') +
      '\n\nend\n\n```\n' +
      Array.from({ length: 200 }, (_, i) => (i === 190 ? 'pin()' : `line${i}()`)).join('\n') +
      '\n```\n\ncat cat cat\n',
  })
  await ann.body.press('Control+Home')
  await ann.page.keyboard.press('Control+f')
  await ann.page.keyboard.type('needle')
  await wait(500)
  const where = () =>
    ann.page.evaluate(() => ({
      t: document.querySelector('.found-current')?.getBoundingClientRect().top,
      h: innerHeight,
    }))
  log('first', await where())
  await ann.page.keyboard.press('Enter')
  await wait(800)
  log('second', await where())
  await ann.page.screenshot({ path: '/tmp/eyes-find-long.png' })
  await ann.page.keyboard.press('Control+a')
  await ann.page.keyboard.type('pin()')
  await wait(800)
  log('code', await where())
  await ann.page.screenshot({ path: '/tmp/eyes-find-code.png' })
})
