// Pictures and files in documents: brought in every way, seen by others, shown to nobody else.
import { axeFindings } from './support/axe.ts'
import { allDrawn, pictures } from './support/drawn-pictures.ts'
import { pngOf } from './support/pictures.ts'
import { SAVED, type Tab } from './support/tab.ts'
import { expect, test, until } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

interface Carried {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

const PICTURE: Carried = { name: 'quay.png', type: 'image/png', bytes: pngOf(640, 400) }
const PLAN: Carried = { name: 'plan ü.txt', type: 'text/plain', bytes: Buffer.from('the plan') }

/** As a browser tells a page of files that are pasted or dropped. */
async function bring({ body }: Tab, how: 'paste' | 'drop', files: readonly Carried[]): Promise<void> {
  const carried = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }))
  await body.evaluate(
    (text, { how, carried }) => {
      const data = new DataTransfer()
      for (const { name, type, base64 } of carried)
        data.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], name, { type }))
      const { left, top } = (text.lastElementChild ?? text).getBoundingClientRect()
      const about = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 }
      text.dispatchEvent(
        how === 'paste'
          ? new ClipboardEvent('paste', { ...about, clipboardData: data })
          : new DragEvent('drop', { ...about, dataTransfer: data }),
      )
    },
    { how, carried },
  )
}

const files = ({ body }: Tab) => body.locator('.file')

const statusOf = ({ page }: Tab, url: string) =>
  page.evaluate(async (asked) => (await fetch(asked, { cache: 'no-store' })).status, url)

test('pasted, dropped and chosen: seen by somebody on another node, and after a reload', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.type('The quay')
  await bring(ann, 'paste', [PICTURE])
  await allDrawn(ann, 1)
  await bring(ann, 'drop', [PLAN, { ...PICTURE, name: 'second.png' }])
  await expect(files(ann)).toHaveCount(1)
  await allDrawn(ann, 2)
  await ann.body.press('Control+End')
  await ann.typeHere('/file')
  const chooser = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('option', { name: 'File' }).click()
  await (await chooser).setFiles({ name: 'report.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n') })
  await expect(files(ann)).toHaveCount(2)
  await ann.body.press('Control+End')
  await ann.typeHere('/image')
  await ann.page.getByRole('option', { name: 'Image' }).click()
  const pictureChooser = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('button', { name: 'Choose from this device' }).click()
  await (await pictureChooser).setFiles({ name: 'third.png', mimeType: 'image/png', buffer: PICTURE.bytes })
  await allDrawn(ann, 3)
  await expect(ann.saving).toHaveText(SAVED)

  await allDrawn(bob, 3)
  await expect(files(bob)).toHaveText([/plan ü\.txt\s*8 bytes/, /report\.pdf\s*9 bytes/])
  const download = bob.page.waitForEvent('download')
  await bob.page.getByRole('link', { name: 'Download plan ü.txt' }).click()
  expect((await download).suggestedFilename()).toBe('plan ü.txt')
  await bob.reload()
  await allDrawn(bob, 3)
})

test('a picture gets its width, its side and its words, by mouse and by keyboard', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.body.click()
  await bring(ann, 'paste', [PICTURE])
  await allDrawn(ann, 1)
  await pictures(ann).click()
  const grip = ann.page.getByRole('slider', { name: 'Width of the picture' })
  const box = await grip.boundingBox()
  const figure = ann.body.locator('figure.image')
  const before = (await figure.boundingBox())?.width ?? 0
  await ann.page.mouse.move((box?.x ?? 0) + 3, (box?.y ?? 0) + 10)
  await ann.page.mouse.down()
  await ann.page.mouse.move((box?.x ?? 0) - 200, (box?.y ?? 0) + 10, { steps: 4 })
  await ann.page.mouse.up()
  await until('it is smaller for both', async () => {
    const widths = await Promise.all([figure, bob.body.locator('figure.image')].map((each) => each.boundingBox()))
    for (const each of widths) expect(each?.width).toBeLessThan(before - 150)
  })
  await grip.focus()
  const width = Number(await grip.getAttribute('aria-valuenow'))
  await ann.page.keyboard.press('ArrowRight')
  await expect(grip).toHaveAttribute('aria-valuenow', `${width + 5}`)
  await ann.page.keyboard.press('Escape')
  await ann.page.keyboard.press('Enter')
  await ann.page.getByLabel(/^What it shows/).fill('A quay at noon')
  await ann.page.getByLabel('Caption').fill('The old quay')
  await ann.page.getByRole('button', { name: 'In the middle' }).click()
  expect(await axeFindings(ann.page, 'picture options')).toEqual([])
  await ann.page.keyboard.press('Escape')
  await expect(bob.body.locator('figcaption')).toHaveText('The old quay')
  await expect(pictures(bob)).toHaveAttribute('alt', 'A quay at noon')
  await expect(bob.body.locator('figure.image')).toHaveAttribute('data-side', 'center')
  await ann.body.press('Control+z')
  await expect(bob.body.locator('figure.image')).toHaveAttribute('data-side', 'left')
})

test('the options of a picture that fills the screen are all on the screen, below the bars', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.newDocument()
  await ann.type('1\n2\n3\n4\n')
  await bring(ann, 'paste', [{ name: 'large.png', type: 'image/png', bytes: pngOf(800, 500) }])
  await allDrawn(ann, 1)
  await pictures(ann).click()
  await ann.page.getByRole('button', { name: 'Picture options' }).click()
  const panel = (await ann.page.getByRole('dialog', { name: 'Picture options' }).boundingBox())!
  const bars = (await ann.page.getByRole('toolbar', { name: 'Formatting' }).boundingBox())!
  expect(panel.y).toBeGreaterThan(bars.y + bars.height)
  expect(panel.y + panel.height).toBeLessThanOrEqual(800)
})

test('while it comes nobody else sees it; without a connection it waits, and says so', async ({
  openTabs,
  cutNetwork,
  restoreNetwork,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.newDocument()
  await bob.open(documentId)
  await ann.body.click()
  await until('the page has what it sends files with', () =>
    ann.page.evaluate(() => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
      return ['upload-parts', 'send-upload'].every((part) => loaded.some((name) => name.includes(part)))
    }),
  )
  cutNetwork(ann)
  await bring(ann, 'paste', [PICTURE])
  const placeholder = ann.page.getByRole('group', { name: 'Upload of quay.png' })
  await expect(placeholder).toContainText('Files need a connection')
  await expect(placeholder.getByRole('button', { name: 'Try again' })).toBeVisible()
  expect(await axeFindings(ann.page, 'an upload that waits')).toEqual([])
  await expect(bob.body.locator('figure, .upload-placeholder')).toHaveCount(0)
  restoreNetwork(ann)
  await placeholder.getByRole('button', { name: 'Try again' }).click()
  await allDrawn(bob, 1)
  await expect(placeholder).toHaveCount(0)

  cutNetwork(ann)
  await bring(ann, 'paste', [{ ...PICTURE, name: 'never.png' }])
  const never = ann.page.getByRole('group', { name: 'Upload of never.png' })
  await never.getByRole('button', { name: 'Cancel' }).click()
  await expect(never).toHaveCount(0)
  restoreNetwork(ann)
})

test('what is refused is said in words and leaves nothing', async ({ openTabs }) => {
  const [ann] = await openTabs({ node: 0 })
  await ann.newDocument()
  await ann.body.click()
  await bring(ann, 'paste', [{ ...PICTURE, name: 'cut.png', bytes: PICTURE.bytes.subarray(0, 60) }])
  const placeholder = ann.page.getByRole('group', { name: 'Upload of cut.png' })
  await expect(placeholder).toContainText('This picture cannot be taken')
  expect(await axeFindings(ann.page, 'an upload that was refused')).toEqual([])
  await placeholder.getByRole('button', { name: 'Remove' }).click()
  await expect(placeholder).toHaveCount(0)
  expect((await ann.text()).trim()).toBe('')
})

test('pasted into another document a picture belongs to that one, too', async ({ openTabs }) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const first = await ann.newDocument()
  await ann.body.click()
  await bring(ann, 'paste', [PICTURE])
  await allDrawn(ann, 1)
  const original = (await pictures(ann).getAttribute('src')) ?? ''
  await ann.body.press('Control+a')
  await ann.body.press('Control+c')
  await expect(ann.saving).toHaveText(SAVED)
  await ann.home()
  const second = await ann.newDocument()
  await ann.body.click()
  await ann.body.press('Control+v')
  await expect(pictures(ann)).toHaveCount(1)
  await expect(pictures(ann)).not.toHaveAttribute('src', original)
  await expect(ann.saving).toHaveText(SAVED)
  await bob.open(second)
  await allDrawn(bob, 1)

  // Whoever deletes the first document takes its pictures away, at once and for everybody; the copy stays.
  expect(await statusOf(bob, original)).toBe(200)
  await remove(ann, first)
  await until('the original is gone', async () => expect(await statusOf(bob, original)).toBe(404))
  expect(await statusOf(bob, (await pictures(bob).getAttribute('src')) ?? '')).toBe(200)
})

/** By the API, with the person's own cookie. */
async function remove({ page }: Tab, documentId: string): Promise<void> {
  const status = await page.evaluate(async (id) => {
    const headers = { 'content-type': 'application/json', 'x-tandem': '1' }
    const body = JSON.stringify({ documentId: id })
    return (await fetch('/trpc/documents.delete', { method: 'POST', headers, body })).status
  }, documentId)
  expect(status).toBe(200)
}

test.describe('through nginx', () => {
  test.use({ shape: { nodes: 2, database: 'postgres', redis: true, nginx: true } })

  test('a large file goes through as it is, and a refusal comes back in the words of the node', async ({
    openTabs,
  }) => {
    const [ann] = await openTabs({})
    const documentId = await ann.newDocument()
    const answers = await ann.page.evaluate(async (id) => {
      const send = async (bytes: number) => {
        const answer = await fetch(`/api/uploads/${id}?name=large.bin`, {
          method: 'POST',
          headers: { 'x-tandem': '1', 'content-type': 'application/octet-stream' },
          body: new Blob(Array.from({ length: bytes / 1024 }, (_, at) => new Uint8Array(1024).fill(at))),
        })
        return { status: answer.status, body: (await answer.json()) as unknown }
      }
      return { taken: await send(25 * 1024 * 1024), refused: await send(51 * 1024 * 1024) }
    }, documentId)
    expect(answers.taken).toMatchObject({ status: 200, body: { bytes: 25 * 1024 * 1024 } })
    expect(answers.refused).toMatchObject({
      status: 413,
      body: {
        error: { message: 'The file is larger than 50 MB, the limit of this server (UPLOAD_BYTES). Nothing was kept.' },
      },
    })
    const { url } = answers.taken.body as { url: string }
    const read = await ann.page.evaluate(async (address) => {
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer())
      return { length: bytes.length, isSame: bytes.every((byte, at) => byte === ((at >> 10) & 0xff)) }
    }, url)
    expect(read).toEqual({ length: 25 * 1024 * 1024, isSame: true })
    await ann.body.click()
    await bring(ann, 'paste', [PICTURE])
    await allDrawn(ann, 1)
  })
})
