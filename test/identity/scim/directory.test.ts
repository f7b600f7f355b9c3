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
