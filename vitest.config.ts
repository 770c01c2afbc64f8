import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: 'test/support/global-setup.ts',
    maxWorkers: '100%', // by default one core stays idle, which is half of a small machine
    testTimeout: 180_000, // whole runs in processes of their own, on machines that do other things too
    hookTimeout: 120_000,
    coverage: { include: ['src/**'] },
  },
})
