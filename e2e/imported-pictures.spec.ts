// A Word file is imported with its pictures, and is whole without those that cannot come.
import { wordFile, wordParagraph, wordPictureInside, type Relation } from './attacks/word-file.ts'
import { axeFindings } from './support/axe.ts'
import { allDrawn, pictures } from './support/drawn-pictures.ts'
import { pngOf } from './support/pictures.ts'
import { SAVED } from './support/tab.ts'
import { expect, test } from './support/test.ts'

test.use({ shape: { nodes: 2, database: 'postgres', redis: true } })

/** A picture, one that is cut off, one of Word's own kind, and the first once more. */
function fileWithPictures(): Buffer {
  const inside = (id: string, name: string): Relation => ({
    id,
    kind: 'image',
    target: `media/${name}`,
    isInside: true,
  })
  const body = [
    wordParagraph('Before'),
    wordPictureInside('quay', 'A quay at noon'),
    wordParagraph('Between'),
    wordPictureInside('cut', 'Cut off'),
    wordPictureInside('drawn', 'Drawn in Word'),
    `<w:tbl><w:tr><w:tc>${wordParagraph('Cell')}${wordPictureInside('quay', '')}</w:tc></w:tr></w:tbl>`,
    wordPictureInside('huge', 'Huge'),
    wordParagraph('After'),
  ]
  const relations = ['quay.png', 'cut.png', 'drawn.emf', 'huge.png'].map((name) =>
    inside(name.slice(0, name.indexOf('.')), name),
  )
  return wordFile(body.join(''), relations, {
    'word/media/quay.png': pngOf(640, 400),
    'word/media/cut.png': pngOf(640, 400).subarray(0, 60),
    'word/media/drawn.emf': Buffer.from('0100000058000000', 'hex'),
    'word/media/huge.png': pngOf(17_000, 17_000),
  })
}

test('the pictures of a Word file stand where they stood; what cannot be taken leaves words, and is said', async ({
  openTabs,
}) => {
  const [ann, bob] = await openTabs({ node: 0 }, { node: 1 })
  const documentId = await ann.importMarkdown({ name: 'plan.docx', bytes: fileWithPictures() })
  const said = (words: string | RegExp) => expect(ann.page.getByText(words)).toBeVisible()
  await said('“plan.docx” was imported without 1 picture that cannot be shown here (EMF)')
  await said('“plan.docx”: 2 pictures are missing')
  await said(/Picture 2: This picture cannot be taken.*Picture 4: .*pixels.*like “\[picture 2\]”/)
  expect(await axeFindings(ann.page, 'what was left out of a file')).toEqual([])
  for (const tab of [ann, bob]) {
    if (tab === bob) await bob.open(documentId)
    await allDrawn(tab, 2)
    await expect(pictures(tab).first()).toHaveAttribute('alt', 'A quay at noon')
    const blocks = (await tab.structure()).map((block) => block.replace(/^\w+ /, '').trim())
    expect(blocks.filter((words) => words !== '')).toEqual([
      'Before',
      'Between',
      '[picture 2]',
      'Cell',
      '[picture 4]',
      'After',
    ])
    await expect(tab.body.locator('th, td').locator('figure.image img')).toHaveCount(1)
  }
  await expect(ann.saving).toHaveText(SAVED)
  const sources = await pictures(ann).evaluateAll((all) => all.map((image) => image.getAttribute('src')))
  expect(new Set(sources).size).toBe(1) // sent once
})

test('an imported text is whole without its pictures: with no connection for them, and after a page that ended meanwhile', async ({
  openTabs,
}) => {
  const [ann, again] = await openTabs({ node: 0 }, { node: 0 })
  await ann.page.route('**/api/uploads/**', (route) => route.abort())
  await ann.importMarkdown({ name: 'offline.docx', bytes: fileWithPictures() })
  await expect(ann.page.getByText('“offline.docx”: 4 pictures are missing')).toBeVisible()
  await expect(ann.page.getByText(/Pictures 1, 2, 3, 4: There is no connection\./)).toBeVisible()
  expect(await ann.text()).toContain('Before\n[picture 1]\nBetween')
  await expect(pictures(ann)).toHaveCount(0)

  await ann.page.unroute('**/api/uploads/**')
  const asked = ann.page.waitForRequest('**/api/uploads/**')
  await ann.page.route('**/api/uploads/**', () => undefined) // never answered
  await ann.home()
  await ann.chooseImport({ name: 'ended.docx', bytes: fileWithPictures() })
  const documentId = new URL((await asked).url()).pathname.split('/').at(-1) ?? ''
  await expect(ann.page.getByText(/^Picture 1 of 3, ended\.docx/)).toBeVisible()
  await ann.page.close()
  await again.open(documentId)
  expect(await again.text()).toContain('Before\n[picture 1]\nBetween\n[picture 2]\n')
  await expect(pictures(again)).toHaveCount(0)
})
