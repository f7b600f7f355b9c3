import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/after-file.ts'],
    // Loading the same modules for each of 180 files took a ninth of the suite's time. Nothing here mocks a module.
    isolate: false,
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // On a shared machine a wait can run out once; a defect fails twice. What was run again is printed.
    retry: process.env['CI'] ? 1 : 0,
  },
})
