import { test } from './support/test.ts'
import type { Tab } from './support/tab.ts'
import { setTimeout as wait } from 'node:timers/promises'
test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })
const log = (...a: unknown[]) => console.log('##', ...a)
const MD =
  'Para one here.\n\nPara two here.\n\n- item one\n- item two\n\n| A | B |\n| - | - |\n| cellone | celltwo |\n\n```\ncode here\n```\n\nLast para.\n'
const end = async (t: Tab, s: string) => {
  await t.body.getByText(s).first().click()
  await t.page.keyboard.press('End')
}
for (const place of ['Para one here', 'item one', 'cellone', 'code here', 'TITLE']) {
  test('ime ' + place, async ({ openTabs }) => {
    const [ann, bob] = await openTabs({}, {})
    const errs: string[] = []
    for (const t of [ann, bob])
      t.page.on('console', (m) => {
        if (m.type() === 'error' && !/ERR_|favicon/.test(m.text())) errs.push(m.text())
      })
    const id = await ann.importMarkdown({ name: 'a.md', bytes: MD })
    await bob.open(id)
    const cdp = await ann.context.newCDPSession(ann.page)
    const comp = (text: string, s = text.length) =>
      cdp.send('Input.imeSetComposition', { text, selectionStart: s, selectionEnd: s })
    if (place === 'TITLE') {
      await ann.title.focus()
      await ann.page.keyboard.press('End')
    } else await end(ann, place)
    const show = async (w: string) => {
      if (place === 'TITLE') log(w, JSON.stringify([await ann.title.inputValue(), await bob.title.inputValue()]))
      else {
        const a = await ann.text(),
          b = await bob.text()
        log(w, a === b ? 'same' : 'DIFFERENT', JSON.stringify(a), a === b ? '' : JSON.stringify(b))
      }
    }
    await comp('に')
    await wait(150)
    await comp('にほ')
    await wait(150)
    if (place === 'TITLE') {
      await bob.title.focus()
      await bob.page.keyboard.press('Home')
    } else {
      await bob.body.getByText(place).first().click()
      await bob.page.keyboard.press('Home')
    }
    await bob.page.keyboard.type('BOB ')
    await wait(400)
    await comp('にほん')
    await wait(100)
    await comp('にほんご')
    await wait(200)
    await show(place + ' during')
    await bob.page.keyboard.type('x ')
    await wait(300)
    await cdp.send('Input.insertText', { text: '日本語' })
    await wait(400)
    await bob.page.keyboard.type('y ')
    await wait(500)
    await show(place + ' committed')
    // cancel
    await comp('か')
    await wait(100)
    await comp('かな')
    await wait(100)
    await bob.page.keyboard.type('z ')
    await wait(200)
    await comp('')
    await wait(400)
    await show(place + ' cancelled')
    await ann.page.keyboard.type('!after')
    await wait(500)
    await show(place + ' typed after')
    if (place !== 'TITLE') {
      // bob types right AT the composition's end: same caret
      await bob.body.getByText('!after').first().click()
      await bob.page.keyboard.press('End')
      await comp('あ')
      await wait(100)
      await bob.page.keyboard.type('QQ')
      await wait(250)
      await comp('あい')
      await wait(150)
      await bob.page.keyboard.type('RR')
      await wait(250)
      await cdp.send('Input.insertText', { text: '愛' })
      await wait(500)
      await show(place + ' same place')
      // bob deletes/ splits the paragraph while composing
      await comp('う')
      await wait(100)
      await bob.page.keyboard.press('Home')
      await bob.page.keyboard.press('ArrowRight')
      await bob.page.keyboard.press(place === 'code here' ? 'Enter' : 'Enter')
      await wait(300)
      await comp('うえ')
      await wait(150)
      await cdp.send('Input.insertText', { text: '上' })
      await wait(600)
      await show(place + ' split meanwhile')
      await ann.page.keyboard.press('Control+z')
      await wait(400)
      await show(place + ' undo 1')
    }
    if (errs.length) log('ERRORS', errs.slice(0, 5))
  })
}
test('ime across', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  const id = await ann.importMarkdown({ name: 'a.md', bytes: MD })
  await bob.open(id)
  const cdp = await ann.context.newCDPSession(ann.page)
  const comp = (text: string, s = text.length) =>
    cdp.send('Input.imeSetComposition', { text, selectionStart: s, selectionEnd: s })
  const show = async (w: string) => {
    const a = await ann.text(),
      b = await bob.text()
    log(w, a === b ? 'same' : 'DIFFERENT', JSON.stringify(a), a === b ? '' : JSON.stringify(b))
  }
  const select = (from: string, fo: number, to: string, too: number) =>
    ann.page.evaluate(
      ([f, fo, t, too]) => {
        const find = (s: string) => {
          const w = document.createTreeWalker(document.querySelector('.ProseMirror')!, 4)
          let n
          while ((n = w.nextNode())) if (n.nodeValue!.includes(s)) return n
          throw new Error(s)
        }
        getSelection()!.setBaseAndExtent(find(f as string), fo as number, find(t as string), too as number)
      },
      [from, fo, to, too],
    )
  await ann.body.getByText('Para one').click()
  await select('Para one', 5, 'Para two', 5)
  await wait(200)
  await comp('に')
  await wait(150)
  await comp('にほ')
  await wait(150)
  await cdp.send('Input.insertText', { text: '日本' })
  await wait(600)
  await show('two paragraphs')
  await ann.page.keyboard.type('after')
  await wait(300)
  await show('two paragraphs, typed')
  await ann.page.keyboard.press('Control+z')
  await wait(300)
  await ann.page.keyboard.press('Control+z')
  await wait(400)
  await show('undone twice')
  await select('item two', 5, 'cellone', 4)
  await wait(300)
  await comp('に')
  await wait(150)
  await comp('にほ')
  await wait(150)
  await cdp.send('Input.insertText', { text: '表' })
  await wait(600)
  await show('across table edge')
  log(
    await ann.body
      .innerHTML()
      .then((h) => h.replace(/ (class|data-[a-z-]+|style|aria-[a-z]+)="[^"]*"/g, '').slice(0, 1500)),
  )
  await ann.page.keyboard.type('after')
  await wait(300)
  await show('typed')
  await select('celltwo', 3, 'Last para', 4)
  await wait(300)
  await comp('か')
  await wait(150)
  await comp('')
  await wait(400)
  await show('table to last, cancelled')
  await ann.page.screenshot({ path: '/tmp/eyes-ime.png' })
})
