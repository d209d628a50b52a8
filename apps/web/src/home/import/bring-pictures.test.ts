// @vitest-environment jsdom
import type { DocumentView } from '@tandem/client'
import { documentToMarkdown, markdownToUpdates } from '@tandem/schema/markdown'
import { DocumentId } from '@tandem/sync'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { UploadProblem, type Uploaded } from '../../document/editor/uploads/send-upload.ts'
import { bringPictures, type ImportedDocument } from './bring-pictures.ts'
import type { PicturePlace } from './picture-places.ts'

const place = (number: number, picture = number - 1): PicturePlace => ({
  number,
  picture,
  words: `[picture ${number}]`,
  attributes: {},
})
const files = (count: number) => Array.from({ length: count }, (_, index) => new File([`${index}`], `${index}.png`))

function opened(markdown: string, { failing = false } = {}) {
  const doc = new Y.Doc()
  for (const update of markdownToUpdates(markdown)) Y.applyUpdate(doc, update)
  let openings = 0
  const handle: ImportedDocument = {
    documentId: DocumentId.parse('a'.repeat(21)),
    open: () => {
      openings += 1
      return () => void (openings -= 1)
    },
    whenOpen: async () => {
      if (failing) throw new UploadProblem('offline', '')
    },
    whenSaved: async () => undefined,
    getSnapshot: () => ({ status: 'open', doc, readOnly: false }) as DocumentView,
  }
  return { handle, text: () => documentToMarkdown(doc).replaceAll('\\', ''), openings: () => openings }
}

const uploaded = (file: File): Uploaded => ({
  url: `/api/uploads/${file.name[0]?.repeat(32)}`,
  name: file.name,
  type: 'image/png',
  bytes: 1,
  picture: { width: 1, height: 1 },
})
const shown = (digit: number) => `![](/api/uploads/${`${digit}`.repeat(32)})`
const tell = () => undefined

test('each picture is sent once and stands in all of its places', async () => {
  const { handle, text, openings } = opened('a\n\n\\[picture 1]\n\n\\[picture 2]\n\n\\[picture 3]\n')
  const sent: string[] = []
  const told: string[] = []
  const missing = await bringPictures(handle, {
    pictures: files(2),
    places: [place(1), place(2), place(3, 0)],
    tell: (doing) => told.push(doing),
    send: async (file) => {
      sent.push(file.name)
      return uploaded(file)
    },
  })
  expect(missing).toBeUndefined()
  expect(sent).toEqual(['0.png', '1.png'])
  expect(told).toEqual(['Picture 1 of 2,', 'Picture 2 of 2,'])
  expect(text()).toBe(`a\n\n${shown(0)}\n\n${shown(1)}\n\n${shown(0)}\n`)
  expect(openings()).toBe(0)
})

test('what is refused is said by its number and its reason; its words stay, and the others come', async () => {
  const { handle, text } = opened('\\[picture 1]\n\n\\[picture 2]\n\n\\[picture 3]\n')
  const missing = await bringPictures(handle, {
    pictures: files(3),
    places: [place(1, 2), place(2, 1), place(3, 0)],
    tell,
    send: async (file) => {
      if (file.name !== '1.png') throw new UploadProblem('refused', 'It is too large.')
      return uploaded(file)
    },
  })
  expect(missing).toEqual({
    title: '2 pictures are missing',
    trouble: 'Pictures 1, 3: It is too large. Where they belong the text says so, like “[picture 1]”.',
  })
  expect(text()).toBe(`[picture 1]\n\n${shown(1)}\n\n[picture 3]\n`)
})

test.each([
  ['without a connection', 'offline', 1, 'There is no connection.'],
  ['by a server that stays busy', 'busy', 4, 'Come again.'],
] as const)('%s nothing more is sent after the first', async (_, why, tries, words) => {
  const { handle, text } = opened('\\[picture 1]\n\n\\[picture 2]\n')
  let asked = 0
  const missing = await bringPictures(handle, {
    pictures: files(2),
    places: [place(1), place(2)],
    tell,
    pause: async () => undefined,
    send: async () => {
      asked += 1
      throw new UploadProblem(why, 'Come again.')
    },
  })
  expect(asked).toBe(tries)
  expect(missing?.trouble).toContain(`Pictures 1, 2: ${words}`)
  expect(text()).toBe('[picture 1]\n\n[picture 2]\n')
})

test('a document that does not open gets nothing, and that is said', async () => {
  const { handle, openings } = opened('\\[picture 1]\n', { failing: true })
  const missing = await bringPictures(handle, {
    pictures: files(1),
    places: [place(1)],
    tell,
    send: () => expect.unreachable('nothing is sent'),
  })
  expect(missing?.trouble).toContain('Picture 1: There is no connection.')
  expect(openings()).toBe(0)
})
