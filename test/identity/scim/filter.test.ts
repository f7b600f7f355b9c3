import { expect, test } from 'vitest'
import { parseFilter } from '../../../src/identity/scim/filter.js'
import { assertFilter, matches } from '../../../src/identity/scim/match.js'
import { urn, userAttributes } from '../../../src/identity/scim/schema.js'

const bjensen = {
  id: 'A1',
  externalId: 'Ext-1',
  userName: 'bjensen@example.com',
  name: { familyName: "O'Malley", givenName: 'Barbara' },
  title: 'Boss',
  active: true,
  emails: [
    { type: 'work', value: 'bjensen@example.com', primary: true },
    { type: 'home', value: 'babs@jensen.org' },
  ],
  [urn.enterprise]: { department: 'Tours', manager: { value: '26118915' } },
  meta: { resourceType: 'User', lastModified: '2026-05-13T04:42:34Z' },
}
const fits = (text: string): boolean => {
  const filter = parseFilter(text)
  assertFilter(filter, userAttributes)
  return matches(filter, bjensen, userAttributes)
}

// RFC 7644, section 3.4.2.2, figure 2, and what Okta and Entra send.
test.for<[string, boolean]>([
  ['userName Eq "BJensen@example.com"', true],
  ['name.familyName co "O\'Malley"', true],
  ['userName sw "J"', false],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "b"', true],
  ['title pr', true],
  ['nickName pr', false],
  ['meta.lastModified gt "2011-05-13T04:42:34Z"', true],
  ['meta.lastModified lt "2011-05-13T04:42:34Z"', false],
  ['meta.lastModified ge "2026-05-13T04:42:34Z" and meta.lastModified le "2026-05-13T04:42:34Z"', true],
  ['title pr and userType eq "Employee"', false],
  ['title pr or userType eq "Intern"', true],
  ['schemas2 pr or title pr', false],
  ['userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")', false],
  ['userType ne "Employee" and not (emails co "example.net")', true],
  ['emails[type eq "work" and value co "@example.com"]', true],
  ['emails[type eq "home" and value co "@example.com"]', false],
  ['emails[type eq "work"].value eq "bjensen@example.com"', true],
  ['emails[type eq "home"].value eq "bjensen@example.com"', false],
  ['emails[primary eq true].value ew ".com"', true],
  ['externalId eq "Ext-1"', true],
  ['externalId eq "ext-1"', false],
  ['active eq true', true],
  ['active eq "True"', true],
  ['active eq false', false],
  ['active ne false', true],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours"', true],
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26118915"', true],
  ['not(active eq false)', true],
  ['title eq null', false],
  ['nickName eq null', true],
  ['title pr or nickName pr and userType pr', true],
  ['(title pr or nickName pr) and userType pr', false],
  ['userName eq "\\u0062jensen@example.com"', true],
])('%s', ([text, expected]) => {
  if (text.startsWith('schemas2')) expect(() => fits(text)).toThrow(/there is no attribute schemas2/)
  else expect(fits(text)).toBe(expected)
})

test.for([
  '',
  'userName',
  'userName eq',
  'userName eq bjensen',
  "userName eq 'bjensen'",
  'userName like "b"',
  'userName eq "b" and',
  'userName eq "b" or or title pr',
  '(userName eq "b"',
  'userName eq "b")',
  'emails[type eq "work"',
  'emails[type eq "work"].value',
  'emails[]',
  'title[value pr]',
  'eq "b"',
  'not userName pr',
  'userName eq "a" userName eq "b"',
  'userName eq "unterminated',
  'userName eq "\\x"',
  'password pr',
  '__proto__ pr',
  'constructor.name pr',
  'name.familyName.more eq "x"',
  'emails.nothing eq "x"',
  'active gt true',
  `${'('.repeat(13)}title pr${')'.repeat(13)}`,
  `${'not ('.repeat(2000)}title pr`,
  Array.from({ length: 65 }, () => 'title pr').join(' or '),
  `userName eq "${'a'.repeat(3000)}"`,
])('%s is refused', (text) => {
  expect(() => fits(text)).toThrow(
    expect.objectContaining({ name: 'ScimError', status: 400, scimType: 'invalidFilter' }),
  )
})

test('what is hard to read is refused as well', () => {
  for (const text of [
    'a'.repeat(2048),
    `a${':a.'.repeat(680)}`,
    `"${'\\'.repeat(2000)}`,
    `userName eq "${'\\"'.repeat(1000)}`,
  ])
    expect(() => fits(text)).toThrow()
})
