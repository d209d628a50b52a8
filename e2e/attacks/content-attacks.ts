import { readFileSync } from 'node:fs'
import { FRAGMENT } from '@tandem/schema'
import { strFromU8, unzipSync } from 'fflate'
import * as Y from 'yjs'
import { must, type Attack } from './attack.ts'
import { HOSTILE_HTML } from './hostile-html.ts'
import { RAN, hostileUrls } from './hostile-urls.ts'
import { ReadingRoom } from './reading-room.ts'
import type { Scene } from './scene.ts'
import { wordFile, wordLink, wordParagraph } from './word-file.ts'
import { updateOf } from './yjs-bombs.ts'

/** A client id that nobody has been given. */
const ATTACKER = 424_242
const ORIGIN_OF_EXPORTS = /^(?:https?|mailto|tel):/

/** Puts it into the victim's document behind the back of every editor. */
export async function smuggle(scene: Scene, nodes: () => (Y.XmlElement | Y.XmlText)[]): Promise<void> {
  const { caller, at } = await scene.attacker()
  const update = updateOf(ATTACKER + Math.floor(Math.random() * 1e6), (doc) =>
    doc.getXmlFragment(FRAGMENT).insert(0, nodes()),
  )
  const pushed = await caller.push(at, update)
  must(typeof pushed === 'number', `the update was refused: ${pushed}`)
}

export function node(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  children: (Y.XmlElement | Y.XmlText)[] = [],
): Y.XmlElement {
  const element = new Y.XmlElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value as string)
  element.insert(0, children)
  return element
}

export function text(words: string, marks: Readonly<Record<string, unknown>> = {}): Y.XmlText {
  const run = new Y.XmlText()
  run.insert(0, words, marks)
  return run
}

/** In a room of its own; nothing may run, nobody may be asked for anything. */
export async function inARoom(
  scene: Scene,
  work: (room: ReadingRoom) => Promise<Record<string, number>>,
): Promise<Record<string, number>> {
  const room = await ReadingRoom.open(scene.target)
  try {
    const found = await work(room)
    await room.settle()
    must(room.ran === 0, `${room.ran} payloads ran`)
    must(room.outbound.length === 0, `it asked for ${room.outbound.slice(0, 5).join(', ')}`)
    return { ...found, executions: room.ran, outbound: room.outbound.length }
  } finally {
    await room.close()
  }
}

export function harmless(where: string, dangers: readonly string[]): void {
  must(dangers.length === 0, `${where}: ${dangers.length} dangers, as ${dangers.slice(0, 5).join(', ')}`)
}

/** Every kind of file, opened from the disk, in which none of it may be more than text. */
export async function takeOut(room: ReadingRoom): Promise<number> {
  const html = await room.taken('html')
  harmless('the exported page', await room.openFromDisk(html.path))
  const page = readFileSync(html.path, 'utf8')
  must(page.includes(`http-equiv="Content-Security-Policy" content="default-src 'none'`), 'the page has no policy')
  must(!/<script/i.test(page), 'the page has a script')
  const { path } = await room.taken('txt')
  harmless('the exported text', await room.openFromDisk(path))
  await room.taken('md')
  const docx = await room.taken('docx')
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(docx.path)))) {
    if (!/\.(?:xml|rels)$/.test(name)) continue
    const xml = strFromU8(bytes)
    must(!/<w:(?:instrText|fldSimple|object|altChunk|subDoc)/.test(xml), `${name} has a field or an object`)
    for (const [relation, target = ''] of xml.matchAll(
      /<Relationship [^>]*Target="([^"]*)"[^>]*TargetMode="External"/g,
    )) {
      must(ORIGIN_OF_EXPORTS.test(target), `${name} leads to ${target}`)
      must(/\/hyperlink"/.test(relation), `${name} refers to ${target}`)
    }
  }
  return 4
}

export const A39: Attack = {
  id: 'A39',
  attack:
    'addresses (javascript:, data:, vbscript:, blob:, //evil, entities, control signs …) as links, pictures, files and mentions: in a Yjs update, pasted, in Markdown, HTML and Word files; pressed, and taken out',
  passes:
    'corpus of 500 or more, 0 executions and 0 unsafe addresses in real Chromium without its policy, in the text and in every export',
  missing:
    'the node refuses none of them in an update (the allow-list holds where they are drawn, taken in and taken out); Chromium only, not Firefox and WebKit',
  async run(scene) {
    const urls = hostileUrls()
    must(urls.length >= 500, `only ${urls.length} addresses`)
    const escaped = urls.map((url) => url.replace(/[&"<>]/g, (sign) => `&#${sign.codePointAt(0)};`))
    await smuggle(scene, () =>
      urls.flatMap((url) => [
        node('paragraph', {}, [text('press', { link: { href: url, title: url } })]),
        node('image', { src: url, alt: url, title: url, caption: url }),
        node('file', { src: url, name: url }),
        node('paragraph', {}, [node('mention', { kind: 'document', id: url, label: url })]),
      ]),
    )
    return inARoom(scene, async (room) => {
      await room.openDocument(scene.documentId)
      harmless('a document with them', await room.dangers())
      let exports = await takeOut(room)

      await room.newDocument()
      await room.paste(
        escaped
          .map(
            (url) =>
              `<p><a href="${url}">press</a></p><img src="${url}" alt="a"><div data-type="file"><a href="${url}">f</a></div>`,
          )
          .join(''),
      )
      harmless('pasted', await room.dangers())
      await room.newDocument()
      await room.paste(urls.map((url) => `<p><a href="${url}">press</a><img src="${url}"></p>`).join(''))
      harmless('pasted as they are', await room.dangers())

      const markdown = urls
        .map((url) => url.replaceAll('\0', ''))
        .map((url) => `[press](<${url.replace(/[\r\n<>]/g, '')}>) ![a](${url}) <${url}>\n\n[b]: ${url}`)
        .join('\n\n')
      await room.importFile('urls.md', Buffer.from(`${markdown}\n\n[b]`))
      harmless('from Markdown', await room.dangers())
      exports += await takeOut(room)
      await room.importFile(
        'urls.html',
        Buffer.from(escaped.map((url) => `<p><a href="${url}">press</a><img src="${url}"></p>`).join('')),
      )
      harmless('from HTML', await room.dangers())
      const relations = urls.map((target, index) => ({ id: `h${index}`, kind: 'hyperlink' as const, target }))
      await room.importFile('urls.docx', wordFile(relations.map(({ id }) => wordLink(id, 'press')).join(''), relations))
      harmless('from Word', await room.dangers())
      exports += await takeOut(room)
      return { addresses: urls.length, waysIn: 6, exports }
    })
  },
}

/** Each would tell somebody else's server who has pasted it. */
const WEB_PICTURES = [
  '<img src="https://tracker.invalid/1.png">',
  '<img src="http://tracker.invalid/2.gif" width=1 height=1 alt="">',
  '<img src="//tracker.invalid/3.png" srcset="https://tracker.invalid/4.png 2x" loading=eager>',
  '<picture><source srcset="https://tracker.invalid/5.webp"><img src="https://tracker.invalid/6.png"></picture>',
  '<figure><img src="https://tracker.invalid/7.png"><figcaption>seven</figcaption></figure>',
  '<p><a href="https://tracker.invalid/8"><img src="https://other.invalid:8443/8.png" style="background:url(https://tracker.invalid/9.png)"></a></p>',
  '<video poster="https://tracker.invalid/10.png" src="https://tracker.invalid/11.mp4" autoplay></video>',
  '<table background="https://tracker.invalid/12.png"><tr><td><img src="https://tracker.invalid/13.png"></td></tr></table>',
]

export const A40: Attack = {
  id: 'A40',
  attack:
    'paste hostile HTML: img onerror, svg/onload, math/mXSS, style exfil, base, meta refresh, data-pm-slice spoof, forms, frames, clobbering; plain pictures of other servers',
  passes: '0 executions, 0 outbound requests before save, in real Chromium without its policy',
  async run(scene) {
    return inARoom(scene, async (room) => {
      await room.newDocument()
      for (const [index, html] of HOSTILE_HTML.entries()) {
        await room.paste(`<p>before</p>${html}<p>after ${index}</p>`)
        harmless(html, await room.dangers())
        await room.page.keyboard.press('Control+End')
      }
      await room.newDocument()
      await room.paste(HOSTILE_HTML.join('\n'))
      harmless('all of it at once', await room.dangers())
      await room.newDocument()
      for (const html of WEB_PICTURES) await room.paste(`<p>before</p>${html}<p>after</p>`)
      const asks = room.page.getByRole('button', { name: /^Show pictures from / })
      await asks.first().waitFor()
      await room.settle()
      must(room.pictures === 0, `${room.pictures} pictures were asked for`)
      return { payloads: HOSTILE_HTML.length + WEB_PICTURES.length, held: await asks.count(), pictures: room.pictures }
    })
  },
}

export const A41: Attack = {
  id: 'A41',
  attack: 'the same corpus in Markdown, HTML and Word files to import; then every export, opened from disk',
  passes: '0 executions, 0 outbound requests; an exported page has a policy and no script',
  async run(scene, full) {
    return inARoom(scene, async (room) => {
      const all = HOSTILE_HTML.join('\n\n')
      await room.importFile(
        'hostile.md',
        Buffer.from(`${all}\n\n${HOSTILE_HTML.map((html) => `- a ${html.replaceAll('\n', ' ')}`).join('\n')}\n`),
      )
      harmless('from Markdown', await room.dangers())
      let exports = await takeOut(room)
      // Each near the beginning of a file once, as some swallow what comes after them.
      const step = full ? 8 : 40
      for (let from = 0; from < HOSTILE_HTML.length; from += step) {
        const some = [...HOSTILE_HTML.slice(from), ...HOSTILE_HTML.slice(0, from)]
        for (const html of full ? [some, some.toReversed()] : [some]) {
          await room.importFile('hostile.html', Buffer.from(`<!doctype html><body><p>a</p>${html.join('\n')}`))
          harmless('from HTML', await room.dangers())
        }
      }
      await room.importFile('hostile.html', Buffer.from(`<!doctype html><title><script>${RAN}</script></title>${all}`))
      exports += await takeOut(room)
      await room.importFile('hostile.docx', wordFile(HOSTILE_HTML.map(wordParagraph).join('')))
      harmless('from Word', await room.dangers())
      exports += await takeOut(room)
      return { payloads: HOSTILE_HTML.length, exports }
    })
  },
}
