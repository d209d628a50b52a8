import { defineConfig } from 'vitest/config'

/**
 * Three projects. `unit` needs nothing but Node, takes seconds, and is what `pnpm check` runs. `npm test` runs the others
 * too: `slow` is seeded days, mutants and whole nodes in one process (`*.slow.test.ts`); `services` needs PostgreSQL, Redis or
 * nginx on this machine (each test starts its own). A test belongs to `services` by its name: it says which service
 * it needs, or `services`.
 */
const services = ['**/*{services,postgres,redis,nginx}*.test.ts']
const slow = ['**/*.slow.test.ts']
const everywhere = ['packages/*/{src,test}', 'apps/*/{src,test}', 'scripts', 'e2e/support'].flatMap((folder) => [
  `${folder}/**/*.test.ts`,
  `${folder}/**/*.test.tsx`,
])

export default defineConfig({
  test: {
    // Two cores are what CI has; files are isolated in workers of one process each.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: everywhere, exclude: [...services, ...slow, '**/node_modules/**'] } },
      {
        test: {
          name: 'slow',
          include: slow,
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'services',
          include: services,
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
