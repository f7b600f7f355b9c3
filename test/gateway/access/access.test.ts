import { expect, test } from 'vitest'
import { accessOf, accessTo, connectionsOf } from '../../../src/gateway/access/access.js'
import { askedBy } from '../../../src/gateway/access/entry-key.js'
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

const asked = { policy: 'a', groups: ['g'], request: { approvers: { groups: ['s'] } } }
const given = (policy: string, entry: object = asked) => [
  {
    ...{ id: 'x1', policy, approvedAt: 0, expiresAt: Infinity },
    entry: askedBy(config({ access: [{ ...entry, policy }] }, policies).connections['db']!.access[0]!),
  },
]
const policies = { a: {}, b: {}, c: {} }

test.for<[string, object[], string | undefined, object]>([
  ['what asks for an approval, without one', [asked], undefined, {}],
  ['what asks for an approval, passed over', [asked, { policy: 'b', groups: ['h'] }], 'b', {}],
  ['what was approved, before the others', [{ policy: 'b', groups: ['h'] }, asked], 'a', { given: given('a') }],
  ['what was approved for another policy', [{ policy: 'b', groups: ['h'] }, asked], 'b', { given: given('c') }],
  [
    'what was approved, for an entry that asks nobody now',
    [{ policy: 'a', groups: ['h'] }],
    'a',
    { given: given('a') },
  ],
  [
    'what was approved by fewer, for an entry that asks more',
    [{ ...asked, request: { approvers: { groups: ['s'], count: 2 } } }],
    undefined,
    { given: given('a') },
  ],
  [
    'what was approved for an entry that has ended, by another one',
    [
      { ...asked, until: '2026-11-30T09:59:59Z' },
      { ...asked, groups: ['h'] },
      { policy: 'b', groups: ['h'] },
    ],
    'b',
    { given: given('a') },
  ],
  [
    'what was approved by an entry that is longer open now',
    [{ ...asked, until: '2026-11-30T12:00:00Z', hours: { days: ['mon'] } }],
    'a',
    { given: given('a') },
  ],
  [
    'what was approved before the entry was kept',
    [asked],
    undefined,
    { given: [{ ...given('a')[0]!, entry: undefined }] },
  ],
  [
    'what was approved, for a group that is no longer theirs',
    [{ ...asked, groups: ['x'] }],
    undefined,
    { given: given('a') },
  ],
  [
    'what was approved, past the entry’s end',
    [{ ...asked, until: '2026-11-30T00:00:00Z' }],
    undefined,
    { given: given('a') },
  ],
  ['an entry that has ended', [{ policy: 'a', groups: ['g'], until: '2026-11-30T09:59:59Z' }], undefined, {}],
  ['an entry to its last moment', [{ policy: 'a', groups: ['g'], until: '2026-11-30T11:00:01+01:00' }], 'a', {}],
  [
    'an entry in its hours',
    [{ policy: 'a', groups: ['g'], hours: { days: ['mon'], from: '11:00', zone: 'Europe/Berlin' } }],
    'a',
    {},
  ],
  ['an entry on another day', [{ policy: 'a', groups: ['g'], hours: { days: ['tue'] } }], undefined, {}],
  [
    'the next one, out of hours',
    [
      { policy: 'a', groups: ['g'], hours: { to: '10:00' } },
      { policy: 'b', groups: ['g'] },
    ],
    'b',
    {},
  ],
])('%s', ([, access, policy, when]) => {
  const now = new Date('2026-11-30T10:00:00Z')
  expect(accessOf(config({ access }, policies), ana, 'db', { now, given: [], ...when })?.policy).toBe(policy)
})

test('who may ask hears how, and who comes too early or late when; everybody else hears the same of what is there and not', () => {
  const view = config(
    {
      access: [
        { ...asked, request: { ...asked.request, longest: '90m' } },
        { policy: 'b', groups: ['late'], until: '2026-01-01T00:00:00Z' },
        { policy: 'b', groups: ['early'], hours: { days: ['sat'], zone: 'Europe/Berlin' } },
      ],
    },
    policies,
  )
  const now = new Date('2026-11-30T10:00:00Z')
  const attempt = (groups: string[], name = 'db') => {
    try {
      return accessTo(view, { subject: 'u', groups }, name, { now })
    } catch (error) {
      return error
    }
  }
  expect(attempt(['g'])).toMatchObject({
    code: 'ACCESS_DENIED',
    hint: "Ask for it: hoop access request db --policy a --for 90m --reason '…'",
  })
  expect(attempt(['late'])).toMatchObject({ about: 'connection db: it ended at 2026-01-01T00:00:00.000Z' })
  expect(attempt(['early'])).toMatchObject({ about: 'connection db: it is open sat 00:00 to 24:00 Europe/Berlin' })
  const nobody = attempt(['x']) as Error & { hint: string }
  const nothing = attempt(['x'], 'none') as Error & { hint: string }
  expect([nobody.message.replace('db', 'none'), nobody.hint]).toEqual([nothing.message, nothing.hint])
})

test.for<[string, object]>([
  ['an end without a zone', { until: '2026-12-31T00:00:00' }],
  ['a zone that isn’t there', { hours: { zone: 'Mars/Base' } }],
  ['a pattern that never ends', { reason: '(' }],
  ['nobody who approves', { request: {} }],
  ['groups beside all', { request: { approvers: { groups: ['a'], all: [{ groups: ['b'] }, { groups: ['c'] }] } } }],
  ['all of one', { request: { approvers: { all: [{ groups: ['b'] }] } } }],
  ['more than a month', { request: { approvers: { groups: ['a'] }, longest: '31d' } }],
])('%s is a mistake', ([, entry]) => {
  expect(() => config({ access: [{ groups: ['g'], policy: 'p', ...entry }] })).toThrow()
})
