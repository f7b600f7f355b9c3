import { renderToString } from 'ink'
import { expect, test } from 'vitest'
import { Connect } from '../../../src/cli/views/connect.js'

test('what the gateway calls things can’t write to the terminal', () => {
  const row = {
    ...{
      name: 'vectordb',
      dsn: 'postgresql://127.0.0.1:1/a\u009b2J\u202eb',
      expiresAt: new Date(),
      open: 0,
      statements: 0,
    },
    ...{ rows: 0, masked: 0, refused: 0, lastRefusal: undefined, recent: [], waiting: [], problem: undefined },
  }
  const feed = { person: 'ada', gateway: 'host\u202egw', rows: () => [row], subscribe: () => () => undefined }
  const text = renderToString(<Connect feed={feed} suspend={() => undefined} />)
  expect(text).toContain('127.0.0.1:1/a')
  expect(text).toContain('ada at host')
  expect(text).not.toMatch(/[\u009b\u202e]/)
})
