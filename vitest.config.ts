import { defineConfig } from 'vitest/config'

/** They put something else in the place of a module, which must not reach other tests. */
const mocking = ['test/corpus/journey.test.ts', 'test/core/identifiers/ulid.test.ts']

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    maxWorkers: '100%', // by default one core stays idle, which is half of a small machine
    coverage: { include: ['src/**'] },
    projects: [
      // Files share a worker's modules: importing them anew for each is a third of the time.
      project('shared', { include: ['test/**/*.test.{ts,tsx}'], exclude: mocking, isolate: false }),
      project('mocking', { include: mocking }),
    ],
  },
})

function project(name: string, test: { include: string[]; exclude?: string[]; isolate?: boolean }) {
  return {
    test: {
      name,
      ...test,
      testTimeout: 180_000, // whole runs in processes of their own, on machines that do other things too
      hookTimeout: 120_000,
    },
  }
}
