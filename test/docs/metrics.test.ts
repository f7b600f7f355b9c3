import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { definitions } from '../../src/gateway/metrics/definitions.js'
import { pageOf } from './pages.js'

const page = new URL('../../docs/metrics.md', import.meta.url)

const rows = Object.entries(definitions).map(
  ([name, { type, labels, help }]) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
)

test('docs/metrics.md has every metric, and no other', async () => {
  const text = pageOf('docs/metrics.md')
  const [before] = text.split(/^\| `/m)
  const rendered = `${before}${rows.join('\n')}\n`
  if (process.env['HOOP_WRITE_DOCS']) await writeFile(page, rendered)
  expect(text).toBe(rendered)
})

/** What a query can name: a histogram has three series. */
const series = new Set<string>(
  Object.entries(definitions).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
)

/** `up` is Prometheus's own. */
const namesIn = (query: string): string[] => query.match(/\b(?:hoop|process)_[a-z_]+\b/g) ?? []

const labelsIn = (query: string): string[] => [
  ...[...query.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  ),
  ...[...query.matchAll(/\b(?:by|on|ignoring|without)\s*\(([^)]*)\)/g)].flatMap(([, inside = '']) =>
    inside
      .split(',')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
  ),
]

/** Given by Prometheus to whatever it scrapes. */
const everywhere = ['job', 'instance', 'le']

interface Panel {
  readonly title: string
  readonly description?: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string }[]
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query?: unknown }[] }
}

const text = await readFile(new URL('../../packaging/grafana/hoop.json', import.meta.url), 'utf8')
const dashboard = JSON.parse(text) as Dashboard
const queries = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list
    .filter(({ query }) => typeof query === 'string' && query.startsWith('label_values'))
    .map(({ name, query }) => [`the variable ${name}`, query as string] as const),
]

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

const rules = parse(await readFile(new URL('../../packaging/prometheus/hoop.rules.yml', import.meta.url), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Alert[] }[]
}
const alerts = rules.groups.flatMap((group) => group.rules)
const asked = alerts.map(({ alert, expr }) => [`the alert ${alert}`, expr] as const)

test('every alert has a row that says what to do, and every row an alert', () => {
  const [, section = ''] = pageOf('docs/operations.md').split('## What to alert on\n')
  const told = [...section.split(/^## /m)[0]!.matchAll(/^\| `(Hoop\w+)` \|/gm)].map(([, name]) => name)
  expect(told).toEqual(alerts.map(({ alert }) => alert))
})

test('an alert’s words name labels that it has', () => {
  for (const { alert, expr, annotations } of alerts) {
    const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
    const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ')
    expect([alert, named.filter((label) => kept && !kept.includes(label))]).toEqual([alert, []])
  }
})

test.for([...queries, ...asked])('%s asks for metrics and labels that exist', ([, query]) => {
  const names = namesIn(query)
  expect(names.filter((name) => !series.has(name))).toEqual([])
  const known = new Set<string>([
    ...everywhere,
    ...names.flatMap((name) => {
      const plain = Object.hasOwn(definitions, name) ? name : name.replace(/_(bucket|sum|count)$/, '')
      return definitions[plain as keyof typeof definitions].labels
    }),
  ])
  expect(labelsIn(query).filter((label) => !known.has(label))).toEqual([])
  // A counter by itself says when the gateway was started.
  for (const name of names.filter((each) => /_(total|bucket|sum|count)$/.test(each)))
    if (!query.startsWith('label_values'))
      expect(query).toMatch(new RegExp(`(?:rate|increase)\\(${name}(?:\\{[^}]*\\})?\\[`))
})

test('the dashboard shows something of every metric that is about hoop', () => {
  const shown = queries.flatMap(([, query]) => namesIn(query).map((name) => name.replace(/_(bucket|sum|count)$/, '')))
  // Shown beside another: since when, and that a link was let in.
  const left = [
    'hoop_quarantined_since_timestamp_seconds',
    'hoop_links_opened_total',
    'hoop_key_written_timestamp_seconds',
  ]
  const missing = Object.keys(definitions).filter((name) => name.startsWith('hoop_') && !shown.includes(name))
  expect(missing.toSorted()).toEqual(left.toSorted())
})

test('panels of the dashboard stand beside each other, and each says what it shows', () => {
  const taken = new Map<string, string>()
  for (const { title, description, type, gridPos } of dashboard.panels) {
    if (type !== 'row') expect([title, (description ?? '').length > 10]).toEqual([title, true])
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        const cell = `${x} ${y}`
        expect([title, taken.get(cell)]).toEqual([title, undefined])
        taken.set(cell, title)
        expect(x).toBeLessThan(24)
      }
  }
})
