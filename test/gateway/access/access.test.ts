import { expect, test } from 'vitest'
import { accessTo, connectionsOf } from '../../../src/gateway/access/access.js'
import { accessView } from '../../../src/gateway/access/view.js'
import { configSchema } from '../../../src/policy/config/schema.js'

const config = (connection: object = {}, policies: object = { p: {} }) =>
  accessView(
    configSchema.parse({
      gateway: { url: 'https://gateway.example.com', tls: { cert: 'c', key: 'k' } },
      identity: { issuer: 'https://login.example.com', client_id: 'hoop', admins: ['ops'] },
      connections: {
        db: { url: 'postgres://app@db/vectors', access: [{ groups: ['g'], policy: 'p' }], ...connection },
      },
      policies,
    }),
  )

const ana = { subject: 'u1', email: 'Ana@example.com', groups: ['g', 'h'] }

test('the database of the url comes first, then the others, each once', () => {
  expect(config({ databases: ['other', 'vectors'] }).connections.db?.databases).toEqual(['vectors', 'other'])
})

test.for<[string, object, object, boolean]>([
  ['a group', { groups: ['x', 'h'] }, ana, true],
  ['no group of theirs', { groups: ['x'] }, ana, false],
  ['a group in another case', { groups: ['H'] }, ana, false],
  ['the subject', { people: ['u1'] }, ana, true],
  // A subject is an opaque, case-sensitive word (OpenID Connect Core 1.0, section 2).
  ['the subject in another case', { people: ['U1'] }, ana, false],
  ['the e-mail address in another case', { people: ['ana@EXAMPLE.com'] }, ana, true],
  ['a person without an address', { people: ['undefined'] }, { subject: 'u2', groups: [] }, false],
  ['a group or a person', { groups: ['x'], people: ['u1'] }, ana, true],
])('access by %s', ([, entry, person, allowed]) => {
  const view = config({ access: [{ policy: 'p', ...entry }] })
  const attempt = () => accessTo(view, person as typeof ana, 'db').policy
  if (allowed) expect(attempt()).toBe('p')
  else expect(attempt).toThrow(/may not/)
})

test('the first entry that fits gives the policy', () => {
  const access = [
    { groups: ['x'], policy: 'one' },
    { people: ['u1'], policy: 'two' },
    { groups: ['g'], policy: 'three' },
  ]
  const view = config({ access }, { one: {}, two: { clear_for: ['h'] }, three: {} })
  expect(accessTo(view, ana, 'db')).toMatchObject({ policy: 'two', clear: true })
})

test('masks and rules read as a person would say them', () => {
  const policy = {
    masks: [
      { columns: ['public.c.email'], with: 'email' },
      { columns: ['public.c.ssn', 'public.c.iban'], with: { keep_last: 4 } },
      { columns: ['public.c.note'] },
    ],
    rules: [
      { name: 'no-drop', when: { statement: ['drop', 'truncate'] }, do: 'block' },
      { name: 'blind', when: { statement: ['delete'], where: 'missing' }, do: 'block' },
      { name: 'bulk', when: { reads: ['public.c'], limit_over: 1000 }, do: 'block' },
    ],
  }
  expect(connectionsOf(config({}, { p: policy }), ana)).toMatchObject([
    {
      masks: [
        'public.c.email as email',
        'public.c.ssn as keep_last 4',
        'public.c.iban as keep_last 4',
        'public.c.note, as its type allows',
      ],
      rules: [
        'no-drop: block drop, truncate',
        'blind: block delete without a WHERE that picks rows',
        'bulk: block reading public.c without LIMIT up to 1000',
      ],
    },
  ])
})
