// @vitest-environment jsdom
import { firstScreenOf as firstScreenNodes } from '@tandem/schema/first-screen'
import { importMarkdown } from '@tandem/schema/markdown'
import { FRAGMENT } from '@tandem/schema/version'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { rememberedMe, rememberMe } from '../../account/remembered-me.ts'
import type { Me } from '../../account/sign-in.ts'
import { askWhoIAm } from '../../account/start-as.ts'
import { dayForPeople } from '../day-for-people.ts'
import { pictureOf } from './first-screen-picture.ts'
import { keepScreen, keptScreen } from './first-screen-storage.ts'
import {
  dropFirstScreen,
  firstScreenHere,
  firstScreenOf,
  forgetFirstScreen,
  forgetFirstScreensOf,
  showFirstScreenAhead,
} from './first-screen.ts'

const ANN = { userId: 'user-ann', name: 'Ann', isGuest: true } as unknown as Me
const PARAGRAPH = [['p', {}, 'a text']] as const

beforeEach(() => localStorage.clear())
afterEach(() => {
  dropFirstScreen()
  window.history.replaceState(null, '', '/')
  vi.restoreAllMocks()
})

/** As the editor would have drawn it. */
function text(html: string): HTMLElement {
  const element = document.createElement('div')
  element.innerHTML = html
  return element
}

/** What is shown of this the next time. */
function shownOf(html: string): string {
  keepScreen('user-ann', 'document-1', { top: 96, blocks: pictureOf(text(html), 1_000) }, 1)
  return firstScreenOf('user-ann', 'document-1')?.querySelector('.prose-document')?.innerHTML ?? ''
}

test('what was on the screen is shown as it was', () => {
  const html =
    '<h1 dir="auto">A <em>heading</em></h1><p style="text-align: right">with <a>a link</a><br></p>' +
    '<ul data-type="taskList"><li data-checked="true"><label><input type="checkbox" checked=""></label><div><p>done</p></div></li></ul>' +
    '<div class="tableWrapper"><table><colgroup><col style="width: 80px"></colgroup><tbody><tr><td colspan="2">cell</td></tr></tbody></table></div>'
  expect(shownOf(html)).toBe(html)
})

test('nothing of it can be pressed, read out, or acts', () => {
  shownOf('<p>words</p>')
  const screen = firstScreenOf('user-ann', 'document-1')
  expect(screen?.inert).toBe(true)
  expect(screen?.ariaHidden).toBe('true')
  const acting =
    '<p onclick="steal()" id="x"><a href="javascript:steal()" target="_blank">words</a><script>steal()</script><style>p{}</style>' +
    '<iframe src="/x"></iframe><img src="https://elsewhere.example/x.png"><img src="//elsewhere.example/x.png">' +
    '<img src="/\\elsewhere.example/x"><img src="/\t/elsewhere.example/x"><span style="background:url(https://elsewhere.example/x)">y</span></p>'
  keepScreen('user-ann', 'document-1', { top: 96, blocks: pictureOf(text(acting), 1_000) }, 1)
  dropFirstScreen()
  const shown = firstScreenOf('user-ann', 'document-1')?.innerHTML ?? ''
  expect(shown).toContain('words')
  expect(shown).not.toMatch(/steal|elsewhere|href|onclick|iframe|<style|id=/)
})

test('a kept screen with what a page would not have kept is not shown, whoever wrote it', () => {
  for (const block of [['script', {}, 'steal()'], ['p', {}, ['object', {}]], { tag: 'p' }, 7, [['p']], null]) {
    keepScreen('user-ann', 'document-1', { top: 96, blocks: [block as never] }, 1)
    expect(firstScreenOf('user-ann', 'document-1')).toBeUndefined()
  }
  keepScreen(
    'user-ann',
    'document-1',
    { top: 96, blocks: [['p', { onclick: 'steal()', src: 'https://x.example' }]] },
    1,
  )
  expect(firstScreenOf('user-ann', 'document-1')?.querySelector('p')?.attributes).toHaveLength(0)
})

test('carets of others, and what is found or selected, belong to the moment', () => {
  expect(
    shownOf(
      '<p class="selected-block is-empty">one <span class="found found-current">word</span>' +
        '<span class="remote-caret" data-client="7"><span class="remote-caret-label">Bob</span></span></p>' +
        '<div class="upload-placeholder ProseMirror-widget">on its way</div>',
    ),
  ).toBe('<p>one <span>word</span></p>')
})

test('what needs its own code to be drawn has its room left', () => {
  expect(shownOf('<p>a <span class="katex"><math>x</math></span> b</p>')).toMatch(
    /^<p>a <span style="display:(?:inline-)?block;width:0px;height:0px;vertical-align:middle"><\/span> b<\/p>$/,
  )
})

test('no more is kept than there is room for', () => {
  const long = `<p>${'word '.repeat(20_000)}</p><p>more</p>`
  expect(shownOf(long).length).toBeLessThan(31_000)
  dropFirstScreen()
  expect(shownOf('<p><b>x</b></p>'.repeat(10_000)).length).toBeLessThan(31_000)
  keepScreen('user-ann', 'document-1', undefined, 1)
  expect(keptScreen('user-ann', 'document-1')).toBeUndefined()
})

test('those that were seen longest ago go', () => {
  for (let at = 1; at <= 20; at += 1) keepScreen('user-ann', `document-${at}`, { top: 1, blocks: PARAGRAPH }, at)
  keepScreen('user-ann', 'document-6', { top: 1, blocks: PARAGRAPH }, 21)
  const left = Array.from({ length: 20 }, (_, index) => index + 1).filter(
    (at) => keptScreen('user-ann', `document-${at}`) !== undefined,
  )
  expect(left).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
})

test('one that finds no room leaves no older one behind', () => {
  keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  keepScreen('user-ann', 'document-1', { top: 2, blocks: PARAGRAPH }, 2)
  expect(keptScreen('user-ann', 'document-1')).toBeUndefined()
})

test('a browser that keeps nothing shows nothing', () => {
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  expect(firstScreenOf('user-ann', 'document-1')).toBeUndefined()
})

test('it is of the document that the address names, and of who was here', () => {
  keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  const at = (address: string) => (
    window.history.replaceState(null, '', address),
    firstScreenHere(rememberedMe()?.userId)?.textContent
  )
  expect(at('/d/document-1')).toBeUndefined()
  rememberMe(ANN)
  expect(at('/d/document-1')).toBe('a text')
  expect(at('/d/document-1#block-abcdefgh')).toBeUndefined()
  expect(at('/d/document-2')).toBeUndefined()
  expect(at('/')).toBeUndefined()
  rememberMe({ ...ANN, userId: 'user-bob' as Me['userId'] })
  expect(at('/d/document-1')).toBeUndefined()
})

test('of an account that this browser is no longer signed in as nothing is left, of others all', () => {
  for (const userId of ['user-ann', 'user-an', 'user-bob'])
    keepScreen(userId, 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  document.body.append(firstScreenOf('user-ann', 'document-1') ?? '')
  forgetFirstScreensOf('user-ann')
  expect(document.querySelector('.first-screen')).toBeNull()
  expect(['user-ann', 'user-an', 'user-bob'].map((userId) => keptScreen(userId, 'document-1') !== undefined)).toEqual([
    false,
    true,
    true,
  ])
})

test('who is somebody else, or is not let in, leaves nothing of who was here', async () => {
  const says = (body: unknown) => vi.stubGlobal('fetch', async () => Response.json(body))
  const keep = () => keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  rememberMe(ANN)
  keep()
  says({ result: { data: ANN } })
  await askWhoIAm()
  expect(keptScreen('user-ann', 'document-1')).toBeDefined()
  says({ error: { message: 'Suspended.', data: { sync: { code: 'not-signed-in' } } } })
  await expect(askWhoIAm()).rejects.toThrow('Suspended.')
  expect(keptScreen('user-ann', 'document-1')).toBeUndefined()
  keep()
  says({ result: { data: { ...ANN, userId: 'user-bob' } } })
  await askWhoIAm()
  expect(keptScreen('user-ann', 'document-1')).toBeUndefined()
  vi.unstubAllGlobals()
})

test('ahead of the page it stands in its place, and goes when the page cannot come', () => {
  document.body.innerHTML = '<div id="root"></div>'
  rememberMe(ANN)
  keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  window.history.replaceState(null, '', '/d/document-1')
  showFirstScreenAhead()
  expect(document.querySelector('#root > .first-screen')?.textContent).toBe('a text')
  document.querySelector('.first-screen p')?.dispatchEvent(new Event('error')) // as of a picture
  expect(document.querySelector('.first-screen')).not.toBeNull()
  document.head.append(document.createElement('script'))
  document.querySelector('script')?.dispatchEvent(new Event('error'))
  expect(document.querySelector('.first-screen')).toBeNull()
})

/** As the server puts it into the page. */
function serve(documentId: string, blocks: unknown, userId: string | null = null): void {
  document.head.insertAdjacentHTML('beforeend', '<script type="application/json" id="first-screen"></script>')
  const served = document.getElementById('first-screen')
  if (served) served.textContent = JSON.stringify({ documentId, userId, blocks })
}

test('who was never here sees what came with the page, once; what this browser keeps comes first', () => {
  localStorage.removeItem('tandem:me')
  serve('document-1', [['p', {}, 'as the server has it']])
  window.history.replaceState(null, '', '/d/document-1')
  const shown = firstScreenHere(undefined)
  expect(shown?.textContent).toBe('as the server has it')
  expect(firstScreenHere('user-ann')).toBe(shown) // once it is known who this is
  dropFirstScreen()
  expect(firstScreenHere('user-ann')).toBeUndefined()

  serve('document-1', [['p', {}, 'as the server has it']])
  keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  expect(firstScreenHere('user-ann')?.textContent).toBe('a text')
})

test('what came with the page for somebody is not shown to somebody else', async () => {
  window.history.replaceState(null, '', '/d/document-1')
  serve('document-1', PARAGRAPH, 'user-bob')
  expect(firstScreenHere('user-ann')).toBeUndefined()
  const shown = firstScreenHere(undefined) // the page does not know yet who this is: the server did
  document.body.append(shown ?? '')
  vi.stubGlobal('fetch', async () => Response.json({ result: { data: ANN } }))
  await askWhoIAm()
  expect(shown?.isConnected).toBe(false)
  serve('document-1', PARAGRAPH, 'user-ann')
  expect(firstScreenHere('user-ann')?.textContent).toBe('a text')
  await askWhoIAm()
  expect(firstScreenHere('user-ann')?.textContent).toBe('a text')
  vi.unstubAllGlobals()
})

test('what came with the page is of its document only, and drawn with no less care than what was kept', () => {
  window.history.replaceState(null, '', '/d/document-1')
  for (const [documentId, blocks] of [
    ['document-2', PARAGRAPH],
    ['document-1', []],
    ['document-1', 'blocks'],
    ['document-1', [['script', {}, 'steal()']]],
  ] as const) {
    serve(documentId, blocks)
    expect(firstScreenHere(undefined)).toBeUndefined()
    dropFirstScreen()
  }
  serve('document-1', [['p', { onclick: 'steal()' }, 'x']])
  expect(firstScreenHere(undefined)?.querySelector('p')?.attributes).toHaveLength(0)
})

test('a day is in the words of who looks, and what is no day is as it came', () => {
  vi.spyOn(Date.prototype, 'toLocaleDateString').mockReturnValue('22 novembre 2026')
  window.history.replaceState(null, '', '/d/document-1')
  const day = (datetime: string) => ['time', { datetime }, datetime]
  serve('document-1', [['p', {}, day('2026-11-22'), ' or ', day('2026-02-30'), ['time', {}, '?']]])
  expect(firstScreenHere(undefined)?.textContent).toBe('22 novembre 2026 or 2026-02-30?')
})

test('all that a server draws is drawn', () => {
  const markdown =
    '# One *two* `three` [four](https://example.com)\n\n<div align="center">\n\n==five== <span data-color="red">six</span>\n\n</div>\n\n' +
    '- a\n  1. b\n\n3. c\n\n- [x] d\n\n> e\n\n```ts\nlet f\n```\n\n---\n\n| g | h |\n| -: | :-: |\n| i | j |\n\n> [!TIP]\n> k\n\n' +
    '<details>\n<summary>l</summary>\n\nm\n\n</details>\n\n' +
    '<div class="columns">\n\n<div class="column" data-width="40">\n\nn\n\n</div>\n\n<div class="column">\n\no\n\n</div>\n\n</div>\n\n' +
    '<figure data-align="center"><img src="/api/uploads/00112233445566778899aabbccddeeff" alt="p" width="60%"><figcaption>q</figcaption></figure>\n\n' +
    '<div class="file"><a href="/api/uploads/ffeeddccbbaa99887766554433221100" type="application/pdf" data-size="9">r.pdf</a></div>\n\n' +
    'Due <time datetime="2026-11-22">2026-11-22</time>, says [@s](mention:person/person-1).\n'
  const content = importMarkdown(new TextEncoder().encode(markdown))
  const doc = new Y.Doc()
  for (const update of content.updates) Y.applyUpdate(doc, update)
  const blocks = firstScreenNodes(doc.getXmlFragment(FRAGMENT))
  window.history.replaceState(null, '', '/d/document-1')
  serve('document-1', blocks)
  const drawn = firstScreenHere(undefined)?.querySelector('.prose-document')
  const inTheirWords = JSON.stringify(blocks).replace('"2026-11-22"]', `"${dayForPeople('2026-11-22')}"]`)
  expect(pictureOf(drawn as HTMLElement, 10_000)).toEqual(JSON.parse(inTheirWords))
  expect(blocks).toHaveLength(15)
})

test('what can no longer be opened is forgotten', () => {
  rememberMe(ANN)
  keepScreen('user-ann', 'document-1', { top: 1, blocks: PARAGRAPH }, 1)
  const shown = firstScreenOf('user-ann', 'document-1')
  document.body.append(shown ?? '')
  forgetFirstScreen('user-ann', 'document-1')
  expect(shown?.isConnected).toBe(false)
  expect(keptScreen('user-ann', 'document-1')).toBeUndefined()
})
