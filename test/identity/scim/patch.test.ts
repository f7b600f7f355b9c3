import { expect, test } from 'vitest'
import { patched } from '../../../src/identity/scim/patch.js'
import { groupAttributes, urn, userAttributes } from '../../../src/identity/scim/schema.js'

const user = {
  userName: 'ana',
  active: true,
  name: { givenName: 'Ana', familyName: 'B' },
  emails: [
    { type: 'work', value: 'ana@example.com', primary: true },
    { type: 'home', value: 'ana@home.example' },
  ],
}
const group = { displayName: 'dba', members: [{ value: 'u1' }, { value: 'u2' }] }
type Operation = Readonly<Record<string, unknown>>
const patch = (...Operations: readonly Operation[]) =>
  patched(user, userAttributes, { schemas: [urn.patch], Operations })
const patchGroup = (...Operations: readonly Operation[]) => patched(group, groupAttributes, { Operations })

const [work, home] = user.emails

// As Okta and Microsoft Entra document their requests, and RFC 7644, section 3.5.2.
test.for<[string, Operation, Record<string, unknown>]>([
  ['Okta deactivates', { op: 'replace', value: { active: false } }, { active: false }],
  ['Entra deactivates', { op: 'Replace', path: 'active', value: 'False' }, { active: false }],
  ['Entra deactivates without a path', { op: 'replace', value: { active: 'False' } }, { active: false }],
  ['Entra, with its flag for standards', { op: 'replace', path: 'active', value: false }, { active: false }],
  [
    'Entra changes several attributes',
    {
      op: 'Replace',
      value: {
        displayName: 'Pvlo',
        'emails[type eq "work"].value': 'new@example.com',
        'name.givenName': 'Gibson',
        [`${urn.enterprise}:department`]: 'bob',
      },
    },
    {
      displayName: 'Pvlo',
      emails: [{ ...work, value: 'new@example.com' }, home],
      name: { givenName: 'Gibson', familyName: 'B' },
      [urn.enterprise]: { department: 'bob' },
    },
  ],
  [
    'Entra replaces an address of work',
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@example.com' },
    { emails: [{ ...work, value: 'updated@example.com' }, home] },
  ],
  [
    'Entra adds an address of a kind that isn’t there',
    { op: 'Add', path: 'emails[type eq "other"].value', value: 'o@example.com' },
    { emails: [work, home, { type: 'other', value: 'o@example.com' }] },
  ],
  [
    'a part of a complex attribute',
    { op: 'replace', path: 'name.familyName', value: 'C' },
    { name: { givenName: 'Ana', familyName: 'C' } },
  ],
  [
    'a manager',
    { op: 'add', path: `${urn.enterprise}:manager`, value: { value: '7' } },
    { [urn.enterprise]: { manager: { value: '7' } } },
  ],
  ['names in any case', { OP: 'add', PATH: 'DISPLAYNAME', Value: 'Ana B' }, { displayName: 'Ana B' }],
  [
    'another primary',
    { op: 'add', path: 'emails', value: [{ type: 'other', value: 'o@x.example', primary: true }] },
    { emails: [{ ...work, primary: false }, home, { type: 'other', value: 'o@x.example', primary: true }] },
  ],
  ['what is there already', { op: 'add', path: 'emails', value: [{ type: 'home', value: 'ana@home.example' }] }, {}],
  ['one of several taken out', { op: 'remove', path: 'emails[type eq "home"]' }, { emails: [work] }],
  ['all taken out', { op: 'remove', path: 'emails' }, { emails: undefined }],
  [
    'what the server makes, passed over',
    { op: 'replace', value: { id: 'x', schemas: [], title: 'Boss' } },
    { title: 'Boss' },
  ],
  ['null unassigns', { op: 'replace', path: 'name', value: null }, { name: undefined }],
])('%s', ([, operation, changed]) => {
  expect(patch(operation)).toEqual({ ...user, ...changed })
})

test.for<[string, Operation, readonly string[]]>([
  ['Okta and Entra add members', { op: 'Add', path: 'members', value: [{ value: 'u3' }] }, ['u1', 'u2', 'u3']],
  ['a member who is there', { op: 'add', path: 'members', value: [{ value: 'u1' }] }, ['u1', 'u2']],
  ['Okta takes one out', { op: 'remove', path: 'members[value eq "u1"]' }, ['u2']],
  ['Entra takes one out', { op: 'Remove', path: 'members', value: [{ value: 'u1' }] }, ['u2']],
  ['Entra takes one out without a list', { op: 'Remove', path: 'members', value: { value: 'u2' } }, ['u1']],
  ['Okta replaces all', { op: 'replace', path: 'members', value: [{ value: 'u9' }] }, ['u9']],
  ['nobody by that name', { op: 'remove', path: 'members[value eq "u7"]' }, ['u1', 'u2']],
])('%s', ([, operation, expected]) => {
  const { members = [] } = patchGroup(operation) as { members?: readonly { value: string }[] }
  expect(members.map(({ value }) => value)).toEqual(expected)
})

test('Okta renames a group, with its id beside the name', () => {
  expect(patchGroup({ op: 'replace', value: { id: 'abf4', displayName: 'admins' } })).toEqual({
    ...group,
    displayName: 'admins',
  })
})

test.for<[string, unknown, string]>([
  ['no operations', {}, 'invalidSyntax'],
  ['an empty list', { Operations: [] }, 'invalidSyntax'],
  ['no object', 'x', 'invalidSyntax'],
  ['an operation that is no object', { Operations: ['x'] }, 'invalidSyntax'],
  ['another operation', { Operations: [{ op: 'move', path: 'title', value: 'x' }] }, 'invalidSyntax'],
  ['remove without a path', { Operations: [{ op: 'remove' }] }, 'noTarget'],
  ['a value that is no object without a path', { Operations: [{ op: 'add', value: 'x' }] }, 'invalidValue'],
  ['an attribute that isn’t there', { Operations: [{ op: 'add', path: 'nothing', value: 'x' }] }, 'invalidPath'],
  ['a path into nothing', { Operations: [{ op: 'add', path: 'name.nothing', value: 'x' }] }, 'invalidPath'],
  ['a path past the end', { Operations: [{ op: 'add', path: 'emails.value.more', value: 'x' }] }, 'invalidPath'],
  [
    'elements of what has none',
    { Operations: [{ op: 'add', path: 'title[value eq "x"]', value: 'x' }] },
    'invalidPath',
  ],
  ['a path that is no text', { Operations: [{ op: 'add', path: 7, value: 'x' }] }, 'invalidPath'],
  [
    'a path that doesn’t end',
    { Operations: [{ op: 'add', path: 'emails[type eq "work"', value: 'x' }] },
    'invalidFilter',
  ],
  ['a prototype', { Operations: [{ op: 'add', path: '__proto__.polluted', value: 'x' }] }, 'invalidFilter'],
  ['a constructor', { Operations: [{ op: 'add', path: 'constructor.prototype', value: 'x' }] }, 'invalidPath'],
  ['the id', { Operations: [{ op: 'replace', path: 'id', value: 'x' }] }, 'mutability'],
  ['the groups', { Operations: [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }] }, 'mutability'],
  ['neither true nor false', { Operations: [{ op: 'replace', path: 'active', value: 'perhaps' }] }, 'invalidValue'],
  ['a number for a name', { Operations: [{ op: 'replace', path: 'displayName', value: 7 }] }, 'invalidValue'],
  ['control characters', { Operations: [{ op: 'replace', path: 'displayName', value: 'a\u001b[2J' }] }, 'invalidValue'],
  [
    'text that turns around',
    { Operations: [{ op: 'replace', path: 'displayName', value: 'a\u202eb' }] },
    'invalidValue',
  ],
  ['a long text', { Operations: [{ op: 'replace', path: 'displayName', value: 'a'.repeat(2000) }] }, 'invalidValue'],
  [
    'nothing that fits',
    { Operations: [{ op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }] },
    'noTarget',
  ],
  [
    'too many',
    { Operations: Array.from({ length: 1001 }, () => ({ op: 'add', path: 'title', value: 'x' })) },
    'tooMany',
  ],
])('%s is refused', ([, body, scimType]) => {
  expect(() => patched(user, userAttributes, body)).toThrow(expect.objectContaining({ status: 400, scimType }))
  expect(user.emails).toHaveLength(2)
})

test('thousands of elements without a value, and thousands of additions, are no work', () => {
  const many = (from: number, type: string) =>
    Array.from({ length: 5000 }, (_, n) => ({ display: `${type}${from + n}` }))
  const before = { userName: 'ana', emails: many(0, 'a') }
  const { emails } = patched(before, userAttributes, {
    Operations: [{ op: 'add', path: 'emails', value: many(4999, 'a') }],
  })
  expect(emails).toHaveLength(9999)
  const each = Array.from({ length: 1000 }, (_, n) => ({
    op: 'add',
    path: 'members',
    value: [{ value: `v${n % 900}` }],
  }))
  const members = Array.from({ length: 10_000 }, (_, n) => ({ value: `u${n}` }))
  const after = patched({ displayName: 'all', members }, groupAttributes, { Operations: each })
  expect(after['members']).toHaveLength(10_900)
})

test('members that are added and taken out one by one are taken together, in their order, and the rest of it counts', () => {
  const members = Array.from({ length: 20_000 }, (_, n) => ({ value: `u${n}` }))
  const out = (n: number) => ({ op: 'Remove', path: `members[value eq "u${n}"]` })
  const add = (value: string) => ({ op: 'add', path: 'members', value: [{ value }] })
  const all = { displayName: 'all', members }
  const thousand = Array.from({ length: 1000 }, (_, n) => out(n))
  expect(patched(all, groupAttributes, { Operations: thousand })['members']).toHaveLength(19_000)
  const turns = [out(1), add('u1'), add('new'), out(2), { op: 'replace', path: 'displayName', value: 'b' }, out(3)]
  const after = patched({ ...all, members: members.slice(0, 5) }, groupAttributes, { Operations: turns })
  expect(after).toEqual({ displayName: 'b', members: ['u0', 'u4', 'u1', 'new'].map((value) => ({ value })) })
  // Each of these goes through all of the list.
  const long = Array.from({ length: 60 }, (_, n) => (n % 2 ? out(n) : add(`u${n}`)))
  expect(() => patched(all, groupAttributes, { Operations: long })).toThrow(
    expect.objectContaining({ status: 400, scimType: 'tooMany' }),
  )
  expect(() => patched({ userName: 'ana' }, userAttributes, { Operations: [out(1)] })).toThrow('no attribute members')
  // So do the comparisons of one filter, and long literals count as several.
  const terms = (count: number, text: string) => Array.from({ length: count }, () => `value co "${text}"`).join(' or ')
  const few = { ...all, members: members.slice(0, 5) }
  for (const filter of [terms(60, 'x'), terms(2, 'x'.repeat(900))]) {
    const operations = { Operations: [{ op: 'remove', path: `members[${filter}]` }] }
    expect(patched(few, groupAttributes, operations)['members']).toHaveLength(5)
    expect(() => patched(all, groupAttributes, operations)).toThrow(expect.objectContaining({ scimType: 'tooMany' }))
  }
})

test('elements that are all the primary one are no work either', () => {
  const emails = Array.from({ length: 20_000 }, (_, n) => ({ value: `a${n}@b.example`, primary: true }))
  const after = patched({ userName: 'ana' }, userAttributes, {
    Operations: [{ op: 'add', path: 'emails', value: emails }],
  })
  expect(after['emails']).toHaveLength(20_000)
})

test('what is added counts with what is there', () => {
  const members = Array.from({ length: 20_000 }, (_, n) => ({ value: `u${n}` }))
  const add = (value: string) =>
    patched({ displayName: 'all', members }, groupAttributes, {
      Operations: [{ op: 'add', path: 'members', value: [{ value }] }],
    })
  expect(add('u7')['members']).toHaveLength(20_000)
  expect(() => add('one more')).toThrow('more than 20000 elements')
})
