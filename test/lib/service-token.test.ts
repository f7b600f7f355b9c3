import { expect, test } from 'vitest'
import { newServiceToken, newTokenId, tokenHash, tokenIdOf, tokenPattern } from '../../src/lib/service-token.js'

const token = newServiceToken(newTokenId())

test('tokens have one length and one alphabet, an id of theirs, and a secret of their own each time', () => {
  const id = newTokenId()
  const [one, other] = [newServiceToken(id), newServiceToken(id)]
  for (const each of [one, other]) {
    expect(each).toMatch(new RegExp(`^${tokenPattern}$`))
    expect(tokenIdOf(each)).toBe(id)
  }
  expect(one).not.toBe(other)
  expect(tokenHash(one)).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(Array.from({ length: 1000 }, newTokenId)).size).toBe(1000)
})

test('the checksum is CRC32 of what stands before it, in base 62', () => {
  // By Python: zlib.crc32(b'hoop_st_' + b'0' * 54)
  const body = `hoop_st_${'0'.repeat(54)}`
  expect(tokenIdOf(`${body}1AFU2i`)).toBe('0'.repeat(11))
})

test('one character that is wrong, two that are exchanged, and one too many or too few are found', () => {
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === 'a' ? 'b' : 'a'
    expect(tokenIdOf(token.slice(0, i) + other + token.slice(i + 1))).toBeUndefined()
    expect(tokenIdOf(token.slice(0, i) + token.slice(i + 1))).toBeUndefined()
    const [left = '', right = ''] = token.slice(i, i + 2)
    if (right !== '' && left !== right)
      expect(tokenIdOf(token.slice(0, i) + right + left + token.slice(i + 2))).toBeUndefined()
  }
  for (const wrong of ['', 'hoop_st_', `${token}\n`, ` ${token}`, `${token}a`, token.toLowerCase()])
    expect(tokenIdOf(wrong)).toBeUndefined()
})
