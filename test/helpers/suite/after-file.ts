import { afterAll, vi } from 'vitest'

// Runs before each file. Files share a process, so that modules are loaded once: what one of them sets there ends with it.
const zone = process.env.TZ

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.resetConfig()
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})
