import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { campaigns, shortened } from './test/helpers/suite/campaigns.js'
import { LongestFirst } from './test/helpers/suite/longest-first.js'
import { unitTests } from './test/helpers/suite/unit.js'

const all = {
  include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
  globalSetup: ['test/helpers/suite/global-setup.ts'],
}

/** `npm run test:unit`: nothing is compiled or started, and a test that tries to fails. */
const unit = {
  include: unitTests(),
  provide: { databaseUrl: 'postgres://unit-tests-have-no-server.invalid', caFile: '', otherDatabaseUrl: undefined },
  env: { HOOP_TEST_UNIT: '1' },
}

/** `npm run test:whole`: all of what `npm test` does a share of. */
const whole = {
  ...all,
  include: [...campaigns, ...shortened].map((path) => (path.endsWith('/') ? `${path}**/*.test.ts` : path)),
}

export default defineConfig(({ mode }) => ({
  test: {
    ...(mode === 'unit' ? unit : mode === 'whole' ? whole : all),
    setupFiles: ['test/helpers/suite/each-file.ts'],
    // Loading the same modules for each of 180 files took a ninth of the suite's time. Nothing here mocks a module.
    isolate: false,
    execArgv: ['--import', new URL('test/helpers/suite/in-threads.ts', import.meta.url).href],
    disableConsoleIntercept: true,
    // For what hangs: a machine that is busy with something else may be ten times slower than a quiet one.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Half of the time tests wait, for a process or a server: one worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
  },
}))
