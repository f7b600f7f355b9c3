import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { configSchema } from '../../src/policy/config/schema.js'
import { keys, type Key } from './configuration.js'
import { blocksOf, pageOf, pages, spansOf } from './pages.js'

const page = new URL('../../docs/configuration.md', import.meta.url)

/** Where a key is explained: the longest beginning counts. */
const explained: readonly (readonly [path: string, page: string])[] = [
  ['gateway', 'operations.md'],
  ['gateway.retention', 'retention.md'],
  ['gateway.events', 'events.md'],
  ['gateway.limits', 'limits.md'],
  ['gateway.metrics', 'metrics.md'],
  ['gateway.trusted_proxies', 'limits.md'],
  ['identity', 'identity-providers.md'],
  ['identity.ends', 'kill.md'],
  ['identity.tokens', 'ci.md'],
  ['identity.workloads', 'workloads.md'],
  ['connections', 'operations.md'],
  ['connections.NAME.access[]', 'access.md'],
  ['connections.NAME.access[].login', 'operations.md'],
  ['connections.NAME.limits', 'limits.md'],
  ['policies', 'rules.md'],
  ['policies.NAME.masks', 'masking.md'],
  ['policies.NAME.masks[].detect', 'detectors.md'],
  ['policies.NAME.predicates', 'masking.md'],
  ['policies.NAME.derived', 'masking.md'],
  ['policies.NAME.break_glass', 'approvals.md'],
  ['policies.NAME.budgets', 'budgets.md'],
  ['policies.NAME.masked_errors', 'budgets.md'],
  ['policies.NAME.recordings', 'recording-format.md'],
  ['policies.NAME.vectors', 'budgets.md'],
  ['policies.NAME.limits', 'limits.md'],
  ['policies.NAME.resume', 'limits.md'],
]

const pageFor = (path: string): string =>
  explained
    .filter(([beginning]) => path.startsWith(beginning))
    .toSorted((one, other) => other[0].length - one[0].length)[0]![1]

const row = ({ path, value, default: preset, required }: Key): string =>
  `| \`${path}\` | ${value} | ${required ? 'must be given' : preset === undefined ? '' : `\`${preset}\``} | [${pageFor(path)}](${pageFor(path)}) |`

const sections = [...new Set(keys.map(({ path }) => path.split('.')[0]!))]

const rendered = `# Configuration

Every key of \`hoop.yaml\`, with its default. An unknown key is an error, and \`hoop gateway check\` names its line. \`NAME\`
stands for a name of yours, \`[]\` for each entry of a list. This page is made from the schema
(\`HOOP_WRITE_DOCS=1 npx vitest run test/docs\`).

Durations are written as \`250ms\`, \`30s\`, \`10m\`, \`1h\` or \`1d\`, sizes as \`64kB\`, \`20MB\`, \`1GB\`, \`64KiB\`, \`1MiB\` or \`1GiB\`.
${sections
  .map(
    (section) => `
## ${section}

| key | value | default | explained in |
|---|---|---|---|
${keys
  .filter(({ path }) => path.startsWith(`${section}.`))
  .map(row)
  .join('\n')}
`,
  )
  .join('')}`

test('docs/configuration.md is the schema', async () => {
  if (process.env['HOOP_WRITE_DOCS']) await writeFile(page, rendered)
  expect(pageOf('docs/configuration.md')).toBe(rendered)
})

const minimal = {
  gateway: { url: 'https://gateway.example.com', tls: { cert: 'c', key: 'k' } },
  identity: { issuer: 'https://login.example.com', client_id: 'hoop' },
  connections: { vectordb: { url: 'postgres://app@db.internal/vectors', access: [] } },
  policies: { research: {} },
}

/** A piece of `hoop.yaml` at any depth, put where it belongs; undefined where it is no piece of it. */
const whole = (piece: Record<string, unknown>): unknown => {
  const [key = ''] = Object.keys(piece)
  if (Object.hasOwn(minimal, key)) {
    const merged = Object.entries(minimal).map(([section, given]) => {
      const own = piece[section]
      if (section === 'connections' && own)
        return [
          section,
          Object.fromEntries(
            Object.entries(own).map(([name, each]) => [name, { ...minimal.connections.vectordb, ...(each as object) }]),
          ),
        ]
      return [section, { ...given, ...(own ?? {}) }]
    })
    return Object.fromEntries(merged) as unknown
  }
  if (keys.some(({ path }) => path === `policies.NAME.${key}`)) return { ...minimal, policies: { research: piece } }
  if (keys.some(({ path }) => path === `policies.NAME.budgets.${key}`)) return whole({ budgets: piece })
  return undefined
}

const examples = pages.flatMap((one) =>
  blocksOf(one)
    .filter(({ language }) => language === 'yaml')
    .map(({ text }, nth) => ({ path: one.path, nth: nth + 1, text })),
)

test.for(examples)('the YAML of $path, number $nth, is what the schema accepts', ({ text }) => {
  const piece = parse(text) as Record<string, unknown>
  // Files of another kind have tests of their own.
  if ('cases' in piece) return
  const found = whole(piece)
  expect(found).toBeDefined()
  const { success, error } = configSchema.safeParse(found)
  expect({ success, issues: error?.issues }).toEqual({ success: true, issues: undefined })
})

test('every key that the text names with dots exists', () => {
  const known = new Set(keys.map(({ path }) => path.replaceAll('.NAME', '').replaceAll('[]', '')))
  const named = pages
    .filter(({ path }) => path !== 'docs/configuration.md')
    .flatMap((one) =>
      spansOf(one).filter((span) => /^(?:gateway|identity|connections|policies)(?:\.[a-z_]+)+$/.test(span)),
    )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})
