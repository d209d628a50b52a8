import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asOneTest, counts, NOTHING, playwrightOutcome, sum, vitestOutcome, type Outcome } from './outcome.ts'
import { packageFolders, root, workspaceNode } from './workspace.mjs'

export interface Step {
  readonly name: string
  run(): Promise<Outcome>
}

const PLAYWRIGHT = 'e2e/node_modules/@playwright/test/cli.js'
/** A step that hangs is ended, so that the last line is always printed. */
const STEP_WITHIN_MS = 30 * 60_000

/** Runs the steps one after the other, also after a failure; one line for each, details only of what failed. An interruption counts as one. */
export async function runSteps(steps: readonly Step[]): Promise<Outcome> {
  let total = NOTHING
  let interrupted = false
  // Ctrl-C reaches the running step too, which stops what it has started; then no other begins.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (interrupted = true))
  for (const step of steps) {
    if (interrupted) return sum(total, asOneTest('interrupted', false, ''))
    const since = performance.now()
    const outcome = await step.run()
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    const counted = outcome.passed + outcome.failed > 1 ? `, ${counts(outcome)}` : ''
    console.log(`${outcome.failed === 0 ? '✓' : '✗'} ${step.name} (${seconds} s${counted})`)
    if (outcome.failed > 0 && outcome.details !== '') console.log(outcome.details)
    total = sum(total, outcome)
  }
  return total
}

/** Every tsconfig of the workspace, two compilers at a time. Counts as one test. */
export const types: Step = {
  name: 'types',
  async run() {
    const folders = ['scripts', ...packageFolders()]
    const configs = folders.flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => /^tsconfig(\.\w+)?\.json$/.test(name))
        .map((name) => `${folder}/${name}`),
    )
    const failures: string[] = []
    const compileNext = async (): Promise<void> => {
      for (let config = configs.shift(); config !== undefined; config = configs.shift()) {
        const { code, output } = await runTool('node_modules/typescript/bin/tsc', ['-p', config])
        if (code !== 0) failures.push(`${config}\n${output}`)
      }
    }
    await Promise.all([compileNext(), compileNext()])
    return asOneTest('types', failures.length === 0, failures.join('\n'))
  },
}

/** Both in one pass over the same programs, each package with its own limits: quicker than one after the other. */
export const typesAndLint = tool('types and lint', 'node_modules/oxlint/bin/oxlint', ['--type-check', '--quiet'])
export const lint = tool('lint', 'node_modules/oxlint/bin/oxlint', ['--quiet'])
export const format = tool(
  'format',
  'node_modules/oxfmt/bin/oxfmt',
  ['--list-different'],
  'These files are not formatted; `pnpm format` does it:\n',
)
export const deadCode = tool('dead code', 'node_modules/knip/bin/knip.js', ['--no-progress'])
export const page = tool('page', 'scripts/build-page.mjs', [])
/** Of the built page. */
export const budget = tool('budget of the page', 'apps/web/scripts/budget.ts', [])
/** For machines without a Chromium package of their own. */
export const playwrightChromium = tool('chromium', PLAYWRIGHT, ['install', '--with-deps', 'chromium'])

/** Tests of a vitest project (all of them when absent). `live` shows them as they run; `shared`: files share one module cache, which halves the time. */
export function vitest(name: string, options: { project?: string; live: boolean; shared?: boolean }): Step {
  const project = options.project === undefined ? [] : ['--project', options.project]
  if (options.shared === true) project.push('--no-isolate')
  return {
    name,
    run: async () =>
      inTemporaryFolder(async (folder) => {
        const report = join(folder, 'vitest.json')
        const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
        const { code, output } = await runTool('node_modules/vitest/vitest.mjs', ['run', ...project, ...reporters], {
          live: options.live,
        })
        return vitestOutcome(name, report, code, output)
      }),
  }
}

/** The browser tests of e2e/, shown as they run. */
export const browserTests: Step = {
  name: 'browser tests',
  run: async () =>
    inTemporaryFolder(async (folder) => {
      const report = join(folder, 'playwright.json')
      const { code } = await runTool(PLAYWRIGHT, ['test', '--reporter=list,json'], {
        live: true,
        cwd: 'e2e',
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      })
      return playwrightOutcome('browser tests', report, code)
    }),
}

/** A tool whose exit code is its verdict. Counts as one test. */
function tool(name: string, program: string, args: readonly string[], hint = ''): Step {
  return {
    name,
    async run() {
      const { code, output } = await runTool(program, args)
      return asOneTest(name, code === 0, code === 0 ? '' : hint + output)
    },
  }
}

interface RunOptions {
  /** Shows what it prints as it is printed, and returns none of it. */
  readonly live?: boolean
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a JavaScript program (a path from the root) under Node 24 to its end. */
async function runTool(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(workspaceNode, [join(root, program), ...args], {
    cwd: join(root, options.cwd ?? '.'),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', options.live ? 'inherit' : 'pipe', options.live ? 'inherit' : 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const impatience = setTimeout(() => child.kill('SIGKILL'), STEP_WITHIN_MS)
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve(exitCode ?? 1))
  })
  clearTimeout(impatience)
  return { code, output: output.trimEnd() }
}

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-test-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
