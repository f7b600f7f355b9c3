import { expect, test } from 'vitest'
import { Directory, keyOf } from '../../../src/identity/scim/directory.js'

const user = (email: string | undefined, active: boolean) => ({
  ...{ id: 'one', userName: 'one', active },
  ...(email !== undefined && { email }),
})

test.for([true, false])('an empty e-mail address matches nobody, active: %s', (active) => {
  const directory = new Directory()
  directory.put(user('', active))
  directory.putGroup({ id: 'g', displayName: 'ml-eng', members: ['one'] })
  expect(keyOf(user('', active), 'email')).toBeUndefined()
  expect(directory.find({ subject: 'somebody' }, 'email')).toBeUndefined()
  expect(directory.find({ subject: 'somebody', email: '' }, 'email')).toBeUndefined()
  directory.put(user('one@acme.example', true))
  expect(directory.find({ subject: 'somebody', email: 'One@acme.example' }, 'email')).toEqual({ groups: ['ml-eng'] })
})

test.for([
  ['\u00c9va@acme.example', 'e\u0301VA@Acme.example', true],
  ['\u00e9va@acme.example', 'eva@acme.example', false],
  ['stra\u00dfe@acme.example', 'strasse@acme.example', false],
  ['\u0130@acme.example', 'i\u0307@acme.example', true],
])('%s and %s are the same address: %s', ([one, other, same]) => {
  const directory = new Directory()
  directory.put(user(one as string, false))
  const found = directory.find({ subject: 'somebody', email: other as string }, 'email')
  expect(found !== undefined).toBe(same)
})
