// What comes with a page of what its document begins with, for whoever was never here.
import type { Page } from '@playwright/test'
import { firstScreenOf, holdServer } from './support/first-screen.ts'
import { closeShareDialog, PRIVATE, setGeneralAccess } from './support/sharing.ts'
import type { Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 1, database: 'sqlite', redis: false } })

const EVERYTHING = `# The *plan*

First **this**, with [a link](https://example.com), \`code\` and ==a mark==.

<div align="center">

In the middle

</div>

- one
  1. one within

     and its second line
- two

7. seven

- [x] done
- [ ] not yet

> quoted
>
> - within

| Name | Share |
| --- | ---: |
| a | **1** |
| b<br>c | |

\`\`\`ts
let code = 1 // </script><script>document.title = 'stolen'</script>
\`\`\`

> [!WARNING]
> Mind.

<details>
<summary>A toggle</summary>

with more in it

</details>

<div class="columns">

<div class="column" data-width="30">

left

</div>

<div class="column">

right

</div>

</div>

***

<div class="file"><a href="/api/uploads/ffeeddccbbaa99887766554433221100" type="application/pdf" data-size="9000">plan.pdf</a></div>

Due <time datetime="2026-11-22">2026-11-22</time>. The end, says [@Ann](mention:person/person-1).
`

/** Where each block of the text is, as far as it is drawn. */
function placesOf(page: Page): Promise<readonly (readonly number[])[]> {
  return page.locator('.ProseMirror').evaluate((text) =>
    [...text.children].map((block) => {
      const { left, top, width, height } = block.getBoundingClientRect()
      return [left, top, width, height].map(Math.round)
    }),
  )
}

/** Once the server has it at hand, which it has not for who comes first. */
async function untilServed({ page }: Tab): Promise<void> {
  await until('it comes with the page', async () => {
    const answer = await page.request.get(page.url(), { headers: { accept: 'text/html' } })
    expect(await answer.text()).toContain('id="first-screen"')
  })
}

test('who was never here sees what it begins with before anything is known of them, each block where it will be', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.importMarkdown({ name: 'plan.md', bytes: EVERYTHING })
  await expect(ann.saving).toHaveText('Saved')
  await untilServed(ann)
  const letAnswer = await holdServer(bob.page)
  await bob.page.goto(`/d/${documentId}`)
  const served = firstScreenOf(bob)
  await expect(served).toContainText('</script><script>')
  await expect(served).toContainText('Due 22 November 2026. The end, says @Ann.')
  await expect(bob.body).toHaveCount(0)
  await expect(bob.page).toHaveTitle('Tandem')
  const before = await placesOf(bob.page)

  letAnswer()
  await expect(bob.body).toHaveAttribute('contenteditable', 'true')
  await expect(served).toHaveCount(0)
  expect(await placesOf(bob.page)).toEqual(before)
  await bob.home()
  await ann.type('Since then. ')
  await expect(ann.saving).toHaveText('Saved')
  await bob.listed('The plan').click()
  await expect(bob.body).toContainText('Since then.')
})

test('who may not read it is sent nothing of it, and no search engine is let in', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({}, {})
  const documentId = await ann.newDocument()
  await ann.type('Between us.')
  await expect(ann.saving).toHaveText('Saved')
  await untilServed(ann)
  const sent = async ({ page }: Tab) => {
    const answer = await page.request.get(`/d/${documentId}`, { headers: { accept: 'text/html' } })
    expect(answer.headers()['x-robots-tag']).toBe('noindex')
    const text = await answer.text()
    const isIn = text.includes('id="first-screen"')
    expect(answer.headers()['cache-control']).toBe(isIn ? 'no-store' : 'no-cache')
    return text
  }
  expect(await sent(bob)).toContain('Between us.') // whoever has the address may
  await setGeneralAccess(ann, PRIVATE)
  await closeShareDialog(ann)
  expect(await sent(bob)).not.toContain('Between us.')
  expect(await sent(ann)).toContain('Between us.')
  expect(await sent(bob)).toContain('/assets/document-route-')
})

test('who goes back to the page of somebody who has signed out is not shown what they saw', async ({ openTabs }) => {
  const [ann] = await openTabs({})
  const documentId = await ann.newDocument()
  await ann.type('Between us.')
  await expect(ann.saving).toHaveText('Saved')
  await setGeneralAccess(ann, PRIVATE)
  await closeShareDialog(ann)
  await untilServed(ann)
  // What a page comes with, whatever becomes of it. (To hold a request back would switch the browser's own store off.)
  await ann.page.addInitScript(() => {
    new MutationObserver((_, look) => {
      if (document.body === null) return
      look.disconnect()
      const served = document.getElementById('first-screen')?.textContent ?? 'nothing'
      sessionStorage.setItem('came-with', served)
    }).observe(document, { childList: true, subtree: true })
  })
  const cameWith = () => ann.page.evaluate(() => sessionStorage.getItem('came-with'))
  await ann.open(documentId)
  expect(await cameWith()).toContain('Between us.')
  await ann.page.goto('/')
  await ann.context.clearCookies()
  await ann.page.goBack()
  await expect(ann.page.getByRole('heading', { name: 'You have no access to this document' })).toBeVisible()
  expect(await cameWith()).toBe('nothing')
})
