import { parseArgs } from 'node:util'
import { Failure } from './failure.js'

/** What `--only` takes, in the order in which they run: memory first, while the gateway is as it starts. */
export const parts = [
  'idle',
  'kill',
  'blocking',
  'prepared',
  'simple',
  'cpu',
  'latency',
  'copy',
  'select',
  'vectors',
  'startup',
  'micro',
  'inversion',
  'statements',
  'catalog',
] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly json: boolean
  readonly quick: boolean
  readonly profile: boolean
  readonly only: ReadonlySet<Part>
}

export const usage = `Usage: npm run bench -- [--quick] [--json] [--only NAME]… [--profile]

Measures hoop against direct PostgreSQL and pgbouncer (TLS, session pooling) in one run.

  --quick      fewer and shorter rounds: some three minutes instead of nine
  --json       one object on stdout instead of the table
  --only NAME  ${parts.join(', ')}; may be repeated
  --profile    no table: where the gateway and the agent spend their time under pgbench -S -M prepared -c 8
`

const isPart = (name: string): name is Part => (parts as readonly string[]).includes(name)

const parse = (args: readonly string[]) => {
  try {
    const options = {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    } as const
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new Failure((error as Error).message, 64)
  }
}

/** @returns undefined where help was asked for @throws {Failure} on a flag or a name that isn't there */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const { help, only = [], ...values } = parse(args)
  if (help) return undefined
  const unknown = only.filter((name) => !isPart(name))
  if (unknown.length > 0) throw new Failure(`--only takes ${parts.join(', ')}, not ${unknown.join(', ')}`, 64)
  return { ...values, only: new Set(only.length > 0 ? parts.filter((part) => only.includes(part)) : parts) }
}
