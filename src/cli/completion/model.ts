/** Lists that are kept for completion, by file name. */
export const kinds = ['connections', 'sessions', 'requests', 'policies', 'tokens'] as const
export type Kind = (typeof kinds)[number]

/** What completes a word. */
export type Choice =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'names'; readonly of: Kind }
  | { readonly kind: 'files' }
  | { readonly kind: 'nothing' }

/** One place in the tree of commands: `` the root, `/sessions` a topic, `/sessions/list` a command. */
export interface Place {
  readonly path: string
  /** What may come next, beside flags. */
  readonly next: Choice
  readonly flags: readonly string[]
  /** What completes the value of a flag, by its long and its short form. */
  readonly values: ReadonlyMap<string, Choice>
}

interface Flag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly options?: readonly string[]
  readonly hidden?: boolean
}

export interface Command {
  readonly id: string
  readonly aliases?: readonly string[]
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, Flag>>
}

const flagNames: Readonly<Record<string, Kind>> = { connection: 'connections', policy: 'policies', session: 'sessions' }
const files: ReadonlySet<string> = new Set([
  'file',
  'config',
  'ca',
  'output',
  'bundle',
  'proof',
  'key',
  'state',
  'bind',
])

/** What the first argument of a command is. */
const firstArguments: Readonly<Record<string, Kind | 'files'>> = {
  connect: 'connections',
  exec: 'connections',
  psql: 'connections',
  'access:request': 'connections',
  'policy:explain': 'connections',
  'policy:suggest': 'connections',
  'policy:show': 'policies',
  'policy:test': 'files',
  'sessions:export': 'sessions',
  'sessions:follow': 'sessions',
  'sessions:kill': 'sessions',
  'sessions:replay': 'sessions',
  'sessions:show': 'sessions',
  'audit:proof': 'sessions',
  'audit:export': 'files',
  'approvals:approve': 'requests',
  'approvals:deny': 'requests',
  'approvals:show': 'requests',
  'access:approve': 'requests',
  'access:deny': 'requests',
  'access:revoke': 'requests',
  'access:show': 'requests',
  'tokens:revoke': 'tokens',
  'tokens:rotate': 'tokens',
  'tokens:show': 'tokens',
  'tokens:key': 'files',
  'gateway:init': 'files',
}

const valueOf = ({ name, options }: Flag): Choice => {
  if (options) return { kind: 'words', words: options }
  if (files.has(name)) return { kind: 'files' }
  return Object.hasOwn(flagNames, name) ? { kind: 'names', of: flagNames[name]! } : { kind: 'nothing' }
}

const nextOf = (id: string): Choice => {
  const first = Object.hasOwn(firstArguments, id) ? firstArguments[id] : undefined
  if (first === undefined) return { kind: 'nothing' }
  return first === 'files' ? { kind: 'files' } : { kind: 'names', of: first }
}

const placeOf = ({ id, flags }: Command, path: string): Place => {
  const shown = Object.values(flags).filter(({ hidden }) => !hidden)
  const values = shown.flatMap((flag): [string, Choice][] => {
    if (flag.type === 'boolean') return []
    const choice = valueOf(flag)
    return [[`--${flag.name}`, choice], ...(flag.char ? [[`-${flag.char}`, choice] as [string, Choice]] : [])]
  })
  return {
    path,
    next: nextOf(id),
    flags: [...shown.map(({ name }) => `--${name}`), '--help'].toSorted(),
    values: new Map(values),
  }
}

/** The tree of commands, topics first. */
export function placesOf(commands: readonly Command[]): readonly Place[] {
  const own = commands.flatMap((command) =>
    [command.id, ...(command.aliases ?? [])].map((name) => placeOf(command, `/${name.replaceAll(':', '/')}`)),
  )
  const children = new Map<string, Set<string>>([['', new Set(['help', 'version'])]])
  for (const { path } of own) {
    const words = path.slice(1).split('/')
    words.forEach((word, i) => {
      const above = words
        .slice(0, i)
        .map((each) => `/${each}`)
        .join('')
      children.set(above, (children.get(above) ?? new Set()).add(word))
    })
  }
  const topics = [...children].map(([path, words]): Place => ({
    path,
    next: { kind: 'words', words: [...words].toSorted() },
    flags: path === '' ? ['--help', '--version'] : ['--help'],
    values: new Map(),
  }))
  return [...topics, ...own].toSorted((a, b) => a.path.localeCompare(b.path))
}
