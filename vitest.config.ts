import { defineConfig } from 'vitest/config'

/** They put something else in the place of a module, which must not reach other tests. */
const mocking = ['test/corpus/journey.test.ts', 'test/core/identifiers/ulid.test.ts']

/** They wait for what a terminal shows: a machine that is busy elsewhere may once be too late, and says so as a retry. */
const terminals = ['e2e', 'pictures', 'commands/completions'].map(each => `test/${each}/**/*.test.{ts,tsx}`)

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    maxWorkers: '100%', // by default one core stays idle, which is half of a small machine
    coverage: { include: ['src/**'] },
    projects: [
      // Files share a worker's modules: importing them anew for each is a third of the time.
      project('shared', {
        include: ['test/**/*.test.{ts,tsx}'],
        exclude: [...mocking, ...terminals],
        isolate: false,
      }),
      project('terminals', { include: terminals, isolate: false, retry: 1 }),
      project('mocking', { include: mocking }),
    ],
  },
})

interface Share {
  readonly include: string[]
  readonly exclude?: string[]
  readonly isolate?: boolean
  readonly retry?: number
}

function project(name: string, test: Share) {
  return {
    test: {
      name,
      ...test,
      testTimeout: 180_000, // whole runs in processes of their own, on machines that do other things too
      hookTimeout: 120_000,
    },
  }
}
