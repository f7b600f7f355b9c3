import { expect, test } from 'vitest'
import { upstreamUrl } from '../../../../src/policy/config/sections/upstream-url.js'

const plain = { port: 5432, sslmode: 'prefer', connectTimeout: 10_000 }

test.for([
  ['postgres://app@db/vectors', { ...plain, host: 'db', user: 'app', database: 'vectors' }],
  ['postgresql://app@db:6432', { ...plain, host: 'db', port: 6432, user: 'app' }],
  ['postgres://a%40b@[::1]/my%20db', { ...plain, host: '::1', user: 'a@b', database: 'my db' }],
  [
    'postgres://app@db/v?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=c.pem&sslkey=k.pem&connect_timeout=3',
    {
      ...{ host: 'db', port: 5432, user: 'app', database: 'v', sslmode: 'verify-ca', connectTimeout: 3_000 },
      ...{ sslrootcert: 'ca.pem', sslcert: 'c.pem', sslkey: 'k.pem' },
    },
  ],
  [
    'postgres://app@one,two:5433,[::1]/v?target_session_attrs=read-write',
    {
      ...{ ...plain, host: 'one', user: 'app', database: 'v', attributes: 'read-write' },
      others: [
        { host: 'two', port: 5433 },
        { host: '::1', port: 5432 },
      ],
    },
  ],
  ['postgres://app@db/v?target_session_attrs=any', { ...plain, host: 'db', user: 'app', database: 'v' }],
  [
    'postgres://app@db/v?sslmode=verify-full&sslrootcert=system',
    { ...plain, host: 'db', user: 'app', database: 'v', sslmode: 'verify-full' },
  ],
])('%s is taken apart', ([text, parts]) => {
  expect(upstreamUrl.parse(text)).toEqual(parts)
})

test.for([
  'postgres:///v1',
  'postgres://app@/v',
  'postgres://app:@db:x/v',
  'postgres://app:secret@db/v',
  'postgres://app@one,,two/v',
  'postgres://app@one,/v',
  'postgres://app@one,two:x/v',
  'postgres://app@db/v?target_session_attrs=master',
  'postgres://app@db/v#x',
  'postgres://app@db/v?options=-c',
  'postgres://app@db/v?sslcert=c.pem',
  'postgres://app@db/v?connect_timeout=0',
  'postgres://app@db/v?connect_timeout=x',
  'postgres://app@db/%ff',
  'not a url',
])('%s is refused without being repeated', (text) => {
  const { error } = upstreamUrl.safeParse(text)
  expect(error?.issues).toHaveLength(1)
  expect(error?.message).not.toContain(text)
})
