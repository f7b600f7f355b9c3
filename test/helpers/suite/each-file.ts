import { relative } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, vi } from 'vitest'
import { isCampaign } from './campaigns.js'
import { seed } from './seed.js'
import { isTried } from './whole.js'

fc.configureGlobal({ seed })

// Runs before each file. Files share a process, so that modules are loaded once: what one of them sets there ends with it.
const zone = process.env.TZ

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.resetConfig()
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

beforeEach(({ task, skip }) => {
  const { file, fullTestName } = task
  if (isCampaign(relative(process.cwd(), file.filepath)) && !isTried(fullTestName)) skip('npm run test:whole tries it')
})
