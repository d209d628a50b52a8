import { defineConfig } from '@playwright/test'
import { chromium } from '../scripts/parts/machine.mjs'

const executablePath = chromium() // without one on the machine: Playwright's own build

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1, // a test starts several servers and browsers by itself
  retries: 0, // a test that fails now and then has found something
  // How long anything is waited for on a machine that is busy with something else; nothing here says how fast the product is.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    screenshot: 'only-on-failure',
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
