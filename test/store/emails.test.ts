import { expect, test } from 'vitest'
import { seePerson } from '../../src/store/people/people.js'
import { subjectsWithEmail } from '../../src/store/scim/users.js'
import { emailKey } from '../../src/lib/email-key.js'
import { kinds, newStore } from './kinds.js'

test.for(kinds)(
  'in %s people are found by their address in any case, however its letters are put together',
  async (kind) => {
    await using store = await newStore(kind)
    const seen = {
      one: '\u00c9va@Acme.example',
      two: 'e\u0301va@acme.example',
      three: 'eva@acme.example',
      four: 'Bo@acme.example',
    }
    for (const [subject, email] of Object.entries(seen))
      await seePerson(store.db, { subject, name: email, email, groups: [] }, Date.now())
    expect((await subjectsWithEmail(store.db, '\u00e9VA@acme.example')).toSorted()).toEqual(['one', 'two'])
    expect(await subjectsWithEmail(store.db, 'EVA@acme.example')).toEqual(['three'])
    expect(await subjectsWithEmail(store.db, 'bO@acme.example')).toEqual(['four'])
  },
)

test('no letter outside of ASCII stands for one of ASCII’s', () => {
  const ascii = /^[\0-\x7f]*$/
  const taken: string[] = []
  for (let point = 0x80; point <= 0x10ffff; point++)
    if (ascii.test(emailKey(String.fromCodePoint(point)))) taken.push(point.toString(16))
  expect(taken).toEqual([])
  expect(emailKey('mi\u212ae@acme.example')).not.toBe(emailKey('mike@acme.example'))
})
