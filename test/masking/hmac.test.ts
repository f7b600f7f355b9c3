import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hmacSha256 } from '../../src/masking/hmac.js'

test('is HMAC-SHA-256 as Node computes it, for keys and messages of every length', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 3 }), (key, messages) => {
      const hmac = hmacSha256(key)
      for (const message of messages) expect(hmac(message)).toEqual(createHmac('sha256', key).update(message).digest())
    }),
  )
})
