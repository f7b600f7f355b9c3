import type { Hook } from '@oclif/core/hooks'
import { closest, distance } from 'fastest-levenshtein'
import { HoopError } from '../lib/errors.js'

/** What people type who know other tools, and what it is here. */
const familiar: Readonly<Record<string, string>> = {
  approve: 'approvals approve ID',
  auth: 'login',
  autocomplete: 'completion bash',
  cancel: 'sessions kill ID',
  config: 'policy check',
  databases: 'connections',
  db: 'connections',
  deny: 'approvals deny ID',
  history: 'sessions list',
  init: 'gateway init',
  kill: 'sessions kill ID',
  list: 'connections',
  logs: 'sessions list',
  open: 'connect NAME',
  play: 'sessions replay ID',
  proxy: 'connect NAME',
  query: 'exec NAME SQL',
  replay: 'sessions replay ID',
  request: 'access request NAME',
  requests: 'approvals list',
  run: 'exec NAME SQL',
  serve: 'gateway start',
  shell: 'psql NAME',
  sql: 'exec NAME SQL',
  start: 'gateway start',
  statements: 'sessions statements',
  tunnel: 'connect NAME',
  users: 'people list',
  verify: 'audit verify',
}

/** Letters by which a word may differ from what was meant. */
const slips = (word: string): number => Math.max(1, Math.floor(word.length / 3))

/** @param typed words; @param known commands as people type them */
export function hintFor(typed: readonly string[], known: readonly string[]): string {
  const [first = ''] = typed
  if (Object.hasOwn(familiar, first)) return `Run: hoop ${familiar[first]}`
  for (let words = typed.length; words > 0; words--) {
    const text = typed.slice(0, words).join(' ')
    const alike = known.filter((name) => name.split(' ').length === words)
    if (alike.includes(text)) return `hoop ${text} --help says how it is used.`
    const best = alike.length > 0 ? closest(text, alike) : ''
    if (best !== '' && distance(text, best) <= slips(text)) return `Did you mean: hoop ${best}`
  }
  const within = known.filter((name) => name.startsWith(`${first} `)).map((name) => name.slice(first.length + 1))
  return within.length > 0
    ? `hoop ${first} knows: ${[...new Set(within.map((name) => name.split(' ')[0]))].join(', ')}.`
    : 'Run hoop --help for all commands.'
}

/** Says what may have been meant; asks nothing, so that it is the same off a terminal. */
const hook: Hook.CommandNotFound = ({ id, config }) => {
  const typed = id.split(':')
  const known = config.commands
    .filter(({ hidden }) => !hidden)
    .flatMap(({ id: name, aliases }) => [name, ...aliases])
    .map((name) => name.replaceAll(':', ' '))
  throw new HoopError('USAGE', `there is no command: hoop ${typed.join(' ')}`, { hint: hintFor(typed, known) })
}

export default hook
