import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { seePerson } from '../../src/store/people/people.js'
import { subjectsWithEmail } from '../../src/store/scim/users.js'
import { emailKey } from '../../src/lib/email-key.js'
import { tempFolder } from '../helpers/temp.js'

test('people are found by their address in any case, however its letters are put together', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.file('hoop.db')}`)
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
})

test('no letter outside of ASCII stands for one of ASCII’s', () => {
  const ascii = /^[\0-\x7f]*$/
  const taken: string[] = []
  for (let point = 0x80; point <= 0x10ffff; point++)
    if (ascii.test(emailKey(String.fromCodePoint(point)))) taken.push(point.toString(16))
  expect(taken).toEqual([])
  expect(emailKey('mi\u212ae@acme.example')).not.toBe(emailKey('mike@acme.example'))
})
