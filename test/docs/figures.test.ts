import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { pageOf } from './pages.js'

const root = new URL('../../src/', import.meta.url)

const files = (await readdir(root, { recursive: true })).filter((name) => /\.tsx?$/.test(name))

/** `2 * 60_000` → 120000; only what a constant is written with. */
const computed = (text: string): number =>
  text
    .replaceAll('_', '')
    .split('*')
    .map((factor) => factor.trim())
    .reduce((product, factor) => {
      const [base, power] = factor.split('^').map(Number)
      return product * (power === undefined ? base! : base! ** power)
    }, 1)

/** Files move: a constant is looked for by its file's name and what stands before its number. */
const inSource = async (file: string, before: string): Promise<number> => {
  const paths = files.filter((path) => basename(path) === file)
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, root), 'utf8')))
  const pattern = new RegExp(
    `${before.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}([\\d_]+(?:\\.\\d+)?(?: \\*\\*? [\\d_]+)*)`,
  )
  const found = texts.flatMap((text) => pattern.exec(text)?.[1] ?? [])
  if (found.length !== 1) throw new Error(`${file} has no “${before}”, or several have: say in this test where it went`)
  return computed(found[0]!.replaceAll('**', '^'))
}

const words: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, five: 5, six: 6, half: 0.5, ten: 10 }

const number = (text: string): number => words[text] ?? Number(text.replaceAll(',', ''))

/** Page, the sentence with its figure in brackets, the constant that it tells of, and how many of its units make one. */
const figures: readonly [page: string, sentence: RegExp, file: string, constant: string, unit?: number][] = [
  ['approvals', /Of one person ([\d,]+) requests wait at most/, 'approvals.ts', 'const mostOpen = '],
  ['approvals', /Texts of more than ([\d,]+) characters/, 'gate.ts', 'const longest = '],
  [
    'approvals',
    /whatever the parameters, for ([\d,]+) days at most/,
    'standing-approvals.ts',
    'const longest = ',
    86_400_000,
  ],
  ['rules', /`expires` \(([\d,]+) m\)/, 'matching.ts', 'const EXPIRES = ', 60_000],
  ['budgets', /At ([\d,]+) % of each budget/, 'meter.ts', 'const WARN_AT = ', 0.01],
  ['budgets', /pass ([\d,]+) times the highest day/, 'alerts.ts', 'const TIMES = '],
  ['budgets', /highest day of their last ([\d,]+),/, 'alerts.ts', 'const LOOK_BACK = '],
  ['budgets', /last 14, and ([\d,]+) rows/, 'alerts.ts', 'const HARMLESS = '],
  ['budgets', /use on at least ([\d,]+) of those days/, 'alerts.ts', 'const LEAST_DAYS = '],
  ['budgets', /each list of at least ([\d,]+) numbers/, 'vectors.ts', 'const MANY = '],
  ['budgets', /by a tenth and ([\d,]+) rows/, 'lease.ts', 'Record<Unit, number>> = { rows: '],
  ['budgets', /run ahead of it by ([\d,]+) rows/, 'lease.ts', 'Record<Unit, number>> = { rows: '],
  ['budgets', /may be asked, and ([\d,]+) after/, 'lease.ts', 'const QUESTIONS = '],
  ['detectors', /A pattern has up to ([\d,]+) characters/, 'pattern.ts', 'const LONGEST_PATTERN = '],
  ['detectors', /a\nlist has up to ([\d,]+) entries/, 'detect.ts', '.max('],
  ['detectors', /Values over ([\d,]+) MiB/, 'scan.ts', 'const LONGEST_SCANNED = ', 2 ** 20],
  ['detectors', /undone as well, (\w+) levels deep/, 'finding.ts', 'const MAX_DEPTH = '],
  ['kill', /for at most ([\d,]+) ms/, 'shutdown.ts', 'const LAST_MESSAGE = '],
  ['kill', /dropped after ([\d,]+) ms/, 'shutdown.ts', 'const LAST_WORD = '],
  ['limits', /Buckets are in memory, ([\d,]+) for each limit/, 'buckets.ts', 'const MOST = '],
  ['limits', /gives a client ([\d,]+) s to say/, 'accept.ts', 'time: ', 1000],
  ['limits', /and takes\n([\d,]+) at once/, 'accept.ts', 'clients: '],
  ['masking', /or is nested over ([\d,]+) deep/, 'json-document.ts', 'const MAX_DEPTH = '],
  ['operations', /is tried again, (\w+) times/, 'delivery.ts', 'attempts: '],
  ['operations', /come in order; ([\d,]+) may wait/, 'webhooks.ts', 'const longest = '],
  ['operations', /for this gateway alone \((\w+) years\)/, 'authority.ts', 'const authorityDays = ', 365],
  ['rules', /Recorded statements are whole up to ([\d,]+) KiB/, 'capture.ts', 'text: ', 1024],
]

test.for(figures)(
  'docs/%s.md tells the figure of %s as the code has it',
  async ([page, sentence, file, constant, unit = 1]) => {
    const told = sentence.exec(pageOf(`docs/${page}.md`))?.[1]
    expect(told, 'the sentence').toBeDefined()
    const real = await inSource(file, constant)
    expect(number(told!)).toBeCloseTo(real / unit)
  },
)
