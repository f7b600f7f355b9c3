import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { unitTests } from './test/helpers/unit.js'

const all = {
  include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
  globalSetup: ['test/helpers/global-setup.ts'],
}

/** `npm run test:unit`: nothing is compiled or started, and a test that tries to fails. */
const unit = {
  include: unitTests(),
  provide: { databaseUrl: 'postgres://unit-tests-have-no-server.invalid', caFile: '', otherDatabaseUrl: undefined },
  env: { HOOP_TEST_UNIT: '1' },
}

export default defineConfig(({ mode }) => ({
  test: {
    ...(mode === 'unit' ? unit : all),
    setupFiles: ['test/helpers/after-file.ts'],
    // Loading the same modules for each of 180 files took a ninth of the suite's time. Nothing here mocks a module.
    isolate: false,
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: Math.max(2, availableParallelism()),
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
  },
}))
