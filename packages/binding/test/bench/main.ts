/**
 * `pnpm bench:editor [--paragraphs 10000] [--strokes 60] [--rounds 3] [--json]`: in Chromium, what a letter of somebody else, one's own, opening and a
 * large paste cost with our binding and with the two it replaces, in turns in the same browser. Milliseconds of the main
 * thread, layout included. `--json`: the medians, in one line, for `pnpm bench W12`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Page, chromium } from '@playwright/test'
import { build } from 'vite'
import { chromium as installedChromium } from '../../../../scripts/parts/machine.mjs'
import type { Bench, Measured } from './page.ts'

const BINDINGS = ['ours', 'y-prosemirror', 'y-tiptap'] as const
/** The page's own rule for long documents (prose.css), and a window of its size. */
const PAGE = `<!doctype html><meta charset="utf-8"><style>
  body { font: 16px/1.6 sans-serif; width: 700px }
  .prose-long > * { content-visibility: auto; contain-intrinsic-block-size: auto 3rem }
</style><body></body>`

type BenchWindow = { readonly bench: Bench }

const { values } = parseArgs({
  options: {
    paragraphs: { type: 'string', default: '10000' },
    strokes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const [paragraphs, strokes, rounds] = [values.paragraphs, values.strokes, values.rounds].map(Number) as [
  number,
  number,
  number,
]

const scripts = new Map<string, string>()
for (const binding of BINDINGS) scripts.set(binding, await bundle(binding))
const executablePath = installedChromium() // without one on the machine: Playwright's own build
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const measured = new Map<
    string,
    { first: number[]; mount: number[]; remote: number[]; local: number[]; paste: number[]; shown: number[] }
  >()
  for (let round = 0; round < rounds; round += 1) {
    for (const binding of BINDINGS) {
      const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
      await page.setContent(PAGE)
      await page.addScriptTag({ content: scripts.get(binding)! })
      const { firstMs, mountMs, remoteMs, localMs } = await keystrokesIn(page)
      const nothing = { first: [], mount: [], remote: [], local: [], paste: [], shown: [] }
      const sums = measured.get(binding) ?? nothing
      measured.set(binding, sums)
      sums.first.push(firstMs)
      sums.mount.push(mountMs)
      sums.remote.push(...remoteMs)
      sums.local.push(...localMs)
      const pasted = await page.evaluate(() => (window as unknown as BenchWindow).bench.paste())
      sums.paste.push(pasted.longestTaskMs)
      sums.shown.push(pasted.shownMs)
      await page.close()
    }
  }
  console.log(`${paragraphs} paragraphs, ${rounds} rounds of ${strokes} letters; ms, p50 (p95)`)
  console.log(
    '| binding | remote letter | own letter | opening: first text | all of it | another’s paste of 5 MB: longest task | all of it shown |\n|---|---|---|---|---|---|---|',
  )
  for (const [binding, { remote, local, first, mount, paste, shown }] of measured) {
    const figures = [remote, local, first, mount, paste, shown].map(both)
    console.log(`| ${binding} | ${figures.join(' | ')} |`)
  }
  const medians = [...measured].flatMap(([binding, of]) =>
    Object.entries(of).map(([what, all]) => [`${binding}-${what}`, Number(percentile(all, 50))]),
  )
  if (values.json) console.log(JSON.stringify(Object.fromEntries(medians)))
} finally {
  await browser.close()
}

async function keystrokesIn(page: Page): Promise<Measured> {
  return await page.evaluate(([count, times]) => (window as unknown as BenchWindow).bench.keystrokes(count, times), [
    paragraphs,
    strokes,
  ] as const)
}

function both(values: readonly number[]): string {
  return `${percentile(values, 50)} (${percentile(values, 95)})`
}

function percentile(values: readonly number[], percent: number): string {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!.toFixed(1)
}

async function bundle(binding: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'bench-editor-'))
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        outDir,
        emptyOutDir: true,
        lib: {
          entry: fileURLToPath(new URL(`${binding}.ts`, import.meta.url)),
          formats: ['iife'],
          name: 'benchPage',
          fileName: () => 'page.js',
        },
      },
    })
    return readFileSync(join(outDir, 'page.js'), 'utf8')
  } finally {
    rmSync(outDir, { recursive: true })
  }
}
