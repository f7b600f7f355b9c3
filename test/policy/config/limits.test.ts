import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { load, minimal, problems } from './files.js'

const invalid = 'CONFIG_INVALID the configuration is not valid: '
const withGateway = (lines: string): string => minimal.replace('gateway:\n', `gateway:\n${lines}\n`)

test('the defaults are those that docs/limits.md shows', async () => {
  const docs = await readFile(new URL('../../../docs/limits.md', import.meta.url), 'utf8')
  const shown = /```yaml\n(gateway:\n[^]*?)```/.exec(docs)?.[1] ?? ''
  const { limits, trusted_proxies } = (parse(shown) as { gateway: Record<string, unknown> }).gateway
  expect(Object.keys(limits as object)).not.toHaveLength(0)
  const written = await load(
    withGateway(`  limits: ${JSON.stringify(limits)}\n  trusted_proxies: ${JSON.stringify(trusted_proxies)}`),
  )
  const left = await load(minimal)
  expect(written.config.gateway.limits).toEqual(left.config.gateway.limits)
  expect(written.config.gateway.trusted_proxies).toEqual(left.config.gateway.trusted_proxies)
  // None of them is missing on the page.
  const keys = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !('per' in value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keys(inner)]))
      : '…'
  expect(keys(limits)).toEqual(keys(left.config.gateway.limits))
})

test('rates are so many in a second, a minute or an hour, or off', async () => {
  const { config } = await load(
    withGateway(
      '  limits: { rates: { login: { per_address: 10/s, per_person: off }, grants: { per_person: 7 / h } } }',
    ),
  )
  expect(config.gateway.limits.rates).toMatchObject({
    login: { per_address: { count: 10, per: 1000 }, per_person: null },
    grants: { per_address: { count: 1200, per: 60_000 }, per_person: { count: 7, per: 3_600_000 } },
  })
})

test.for([
  [
    'limits: { rates: { grants: { per_person: 0/m } } }',
    '2:44: gateway.limits.rates.grants.per_person: found "0/m", expected a rate such as 10/s, 600/m or 1000/h, or off',
  ],
  [
    'limits: { rates: { grants: { per_person: 10 } } }',
    '2:44: gateway.limits.rates.grants.per_person: found 10, expected text',
  ],
  [
    'limits: { rates: { grant: {} } }',
    '2:22: gateway.limits.rates.grant: found an unknown key, expected one of login, grants, tunnels (did you mean grants?)',
  ],
  ['limits: { http: { connections: 0 } }', '2:34: gateway.limits.http.connections: found 0, expected at least 1'],
  [
    'limits: { http: { headers: soon } }',
    '2:30: gateway.limits.http.headers: found "soon", expected a duration such as 30s, 10m or 1h',
  ],
  [
    'trusted_proxies: [10.0.0.0/33]',
    '2:21: gateway.trusted_proxies[0]: found "10.0.0.0/33", expected an address or a network such as 10.0.0.7, 10.0.0.0/8 or fd00::/8',
  ],
  [
    'trusted_proxies: ["::1/8", localhost]',
    '2:30: gateway.trusted_proxies[1]: found "localhost", expected an address or a network such as 10.0.0.7, 10.0.0.0/8 or fd00::/8',
  ],
])('“%s” is a mistake', async ([line, problem]) => {
  expect(await problems(withGateway(`  ${line}`))).toEqual([invalid, problem])
})
