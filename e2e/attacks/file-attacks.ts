import { must, type Attack } from './attack.ts'
import { harmless, inARoom, node, smuggle, takeOut, text } from './content-attacks.ts'
import { memoryOfChildren } from './memory.ts'
import type { ReadingRoom } from './reading-room.ts'
import { BOMBS } from './word-bombs.ts'

const MEGABYTE = 1024 * 1024
const RENDER_MS = 2_000
const READ_MS = 20_000
/** What the page takes besides: for loading it, and for telling. */
const AROUND_MS = 10_000
const WORKER_BYTES = 512 * MEGABYTE

/** As long as one may be, or nearly. */
const FORMULAS: readonly string[] = [
  '\\href{javascript:ran()}{x}\\url{javascript:ran()}',
  '\\includegraphics[width=9em]{https://evil.example/a.png}',
  '\\htmlData{x=y}{a}\\htmlId{body}{b}\\htmlClass{toolbar}{c}\\htmlStyle{background:url(https://evil.example/b)}{d}',
  '\\def\\a{\\a\\a}\\a',
  `\\def\\a{${'x'.repeat(1_400)}}${'\\a'.repeat(290)}`,
  `\\newcommand{\\a}[1]{${'#1'.repeat(800)}}\\a{\\a{\\a{x}}}`,
  `${'\\frac{'.repeat(210)}x${'}{y}'.repeat(210)}`,
  `${'\\sqrt{'.repeat(280)}x${'}'.repeat(280)}`,
  `\\begin{matrix}${'&'.repeat(1_950)}\\end{matrix}`,
  `x${'^{y'.repeat(480)}${'}'.repeat(480)}`,
  '\\rule{99999999em}{99999999em}\\kern99999em\\raisebox{1e9em}{x}\\hspace{1e9em}',
  '\\text{<img src=x onerror=ran()>}\\text{</math><script>ran()</script>}',
  '</annotation></semantics></math><img src=x onerror=ran()>',
  '\\unicode{x3c}script>\\char"3C img src=x onerror=ran()>',
  '\\color{red;background:url(https://evil.example/c)}x\\textcolor{url(https://evil.example/d)}{y}',
]

export const A42: Attack = {
  id: 'A42',
  attack:
    'formulas that link, load, name, style or expand without end, code in languages that are none; in a Yjs update, then taken out',
  passes: '0 executions, 0 requests, KaTeX trust=false with maxExpand; no formula holds the page up for more than 2 s',
  missing: 'a formula is bounded beforehand (its length, its macros, its depth and size) and not killed after 2 s',
  met: ({ longestTaskMs = Infinity }) => longestTaskMs <= RENDER_MS,
  async run(scene) {
    await smuggle(scene, () => [
      ...FORMULAS.map((latex) => node('blockMath', { latex })),
      ...FORMULAS.map((latex) => node('paragraph', {}, [node('inlineMath', { latex })])),
      ...['javascript" onclick="ran()', '../../x', '__proto__', '{{constructor}}', 'a'.repeat(5_000)].map((language) =>
        node('codeBlock', { language }, [text('<script>ran()</script>')]),
      ),
    ])
    return inARoom(scene, async (room) => {
      await room.page.addInitScript(() => {
        const tasks: number[] = Object.assign(window, { longTasks: [] as number[] }).longTasks
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
          type: 'longtask',
        })
      })
      await room.openDocument(scene.documentId)
      await room.body.locator('.katex').first().waitFor()
      await room.settle()
      harmless('formulas', await room.dangers())
      const widest = await room.body.evaluate((body) =>
        Math.max(...[...body.querySelectorAll('.katex *')].map((part) => part.getBoundingClientRect().height)),
      )
      must(widest < 20_000, `a formula is ${widest} px high`)
      const tasks = await room.page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
      const exports = await takeOut(room)
      return { formulas: FORMULAS.length, longestTaskMs: Math.max(0, ...tasks), exports }
    })
  },
}

/** Names that a page would find in place of its own things, if elements could be called so. */
const NAMES = [
  'body',
  'cookie',
  'getElementById',
  'querySelector',
  'documentElement',
  'defaultView',
  'config',
  '__proto__',
  'constructor',
  'root',
  'ran',
]
const STYLE = 'red;position:fixed;inset:0;background:url(https://evil.example/a)'

export const A44: Attack = {
  id: 'A44',
  attack:
    'ids, names, classes, styles, widths, colours, sides and spans of every node and mark, in a Yjs update, pasted and imported; then taken out',
  passes: 'attributes are of lists and numbers of ours, or not there; the page’s own things are what they were',
  async run(scene) {
    const attributes = (name: string) => ({
      id: name,
      name,
      blockId: name,
      class: name,
      style: STYLE,
      width: STYLE,
      height: 1e9,
      color: STYLE,
      font: STYLE,
      textAlign: STYLE,
      align: STYLE,
      kind: STYLE,
      language: STYLE,
      start: STYLE,
      level: STYLE,
      date: STYLE,
      label: name,
      caption: name,
      colwidth: [1e12, STYLE],
      'data-x': name,
      onclick: 'ran()',
    })
    const marks = (name: string) => ({
      highlight: attributes(name),
      textStyle: attributes(name),
      link: { ...attributes(name), href: `https://example.org/${name}` },
    })
    await smuggle(scene, () =>
      NAMES.flatMap((name) => {
        const line = () => node('paragraph', attributes(name), [text(name, marks(name))])
        const cell = node('tableCell', { ...attributes(name), colspan: 1, rowspan: 1, colwidth: null }, [line()])
        return [
          line(),
          ...['heading', 'codeBlock', 'detailsSummary'].map((type) => node(type, attributes(name), [text(name)])),
          ...['blockquote', 'callout', 'listItem'].map((type) => node(type, attributes(name), [line()])),
          node('columns', attributes(name), [
            node('column', attributes(name), [line()]),
            node('column', { width: -1e9 }, [line()]),
          ]),
          node('image', { ...attributes(name), src: '/favicon.svg', title: name }),
          node('table', attributes(name), [node('tableRow', attributes(name), [cell])]),
          node('table', {}, [
            node('tableRow', {}, [node('tableCell', { colspan: 1e9, rowspan: 1e9, colwidth: [STYLE] }, [line()])]),
          ]),
        ]
      }),
    )
    const html = NAMES.map(
      (name) =>
        `<form id="${name}" name="${name}"><img id="${name}" name="${name}" src="/favicon.svg"><p id="${name}" class="fixed inset-0" style="color:${STYLE};width:1e9px;font:1e9px x">a<a name="${name}" id="${name}">b</a></p><table width=1e9 style="width:1e9px"><td width="${STYLE}" colwidth="1e9,${STYLE}">c</td></table></form>`,
    ).join('')
    return inARoom(scene, async (room) => {
      await room.openDocument(scene.documentId)
      await itsOwn(room, 'a document with them')
      const exports = await takeOut(room)
      await room.newDocument()
      await room.paste(html)
      await itsOwn(room, 'pasted')
      await room.importFile('names.html', Buffer.from(html))
      await itsOwn(room, 'from HTML')
      await room.importFile('names.md', Buffer.from(html))
      await itsOwn(room, 'from Markdown')
      return { names: NAMES.length, waysIn: 4, exports }
    })
  },
}

/** The page's own things are there, nothing covers it, and no style came with the text. */
async function itsOwn(room: ReadingRoom, where: string): Promise<void> {
  harmless(where, await room.dangers())
  const wrong = await room.page.evaluate((names) => {
    const found = names.filter((name) =>
      document.querySelector('.ProseMirror')?.querySelector(`[id="${name}"], [name="${name}"]`),
    )
    if (!(document.body instanceof HTMLBodyElement) || typeof document.getElementById !== 'function')
      found.push('document')
    for (const part of document.querySelectorAll<HTMLElement>('.ProseMirror, .ProseMirror *')) {
      if (getComputedStyle(part).position === 'fixed' || part.getBoundingClientRect().width > 5_000)
        found.push(`${part.localName} ${part.getAttribute('style')}`)
    }
    return found
  }, NAMES)
  must(wrong.length === 0, `${where}: ${wrong.slice(0, 3).join('; ')}`)
}

export const A48: Attack = {
  id: 'A48',
  attack:
    'Word files to import: zeros, nested zips, 2,001 and a million parts, sizes that lie, entities, small elements, deep and much text, pictures and templates from outside (file:, http:, UNC)',
  passes:
    'at most 2,000 parts, 100:1, 200 MB; in a worker of 20 s; nothing of outside read; the page answers meanwhile',
  missing:
    'browsers set no limit to a worker’s memory: it is bounded by what is unpacked (32 MB of text, 1,500,000 tags)',
  met: ({ slowestMs = Infinity, heaviestBytes = Infinity }) =>
    slowestMs <= READ_MS + AROUND_MS && heaviestBytes <= WORKER_BYTES,
  async run(scene, full) {
    return inARoom(scene, async (room) => {
      let [slowestMs, heaviestBytes] = [0, 0]
      await room.newDocument()
      const restingBytes = memoryOfChildren(process.pid)
      const bombs = full ? BOMBS : BOMBS.filter(({ name }) => name !== 'a million parts')
      for (const { name, refused, make } of bombs) {
        const file = await make(room)
        const startedMs = performance.now()
        const timer = setInterval(
          () => (heaviestBytes = Math.max(heaviestBytes, memoryOfChildren(process.pid) - restingBytes)),
          50,
        )
        const why = await room.tryImport(`${name.replaceAll(' ', '-')}.docx`, file).finally(() => clearInterval(timer))
        slowestMs = Math.max(slowestMs, performance.now() - startedMs)
        must((why !== undefined) === refused, `${name}: ${why ?? 'taken'}`)
        if (!refused) harmless(name, await room.dangers())
      }
      must(room.pictures === 0, 'a picture from outside was asked for')
      return { files: bombs.length, slowestMs, heaviestBytes }
    })
  },
}
