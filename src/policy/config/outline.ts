/** The names in a configuration and how they refer to each other, read even where the rest of the file is wrong. */
export interface Outline {
  readonly gateway: { readonly listen: string; readonly metrics: string }
  /** Names of `identity.workloads`. */
  readonly workloads: readonly string[]
  readonly connections: Readonly<
    Record<string, { readonly access: readonly { readonly policy: string; readonly workloads: readonly string[] }[] }>
  >
  readonly policies: Readonly<
    Record<
      string,
      {
        readonly masks: readonly { readonly columns: readonly string[] }[]
        readonly rules: readonly { readonly name: string }[]
      }
    >
  >
}

const map = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const mapValues = <T>(value: unknown, shape: (member: Record<string, unknown>) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(map(value)).map(([key, member]) => [key, shape(map(member))]))

/** @param value what the YAML says, of any shape; what isn't as it should be is left empty, and keeps its place */
export const outlineOf = (value: unknown): Outline => ({
  gateway: {
    listen: text(map(map(value)['gateway'])['listen']),
    metrics: text(map(map(map(value)['gateway'])['metrics'])['listen']),
  },
  workloads: Object.keys(map(map(map(value)['identity'])['workloads'])),
  connections: mapValues(map(value)['connections'], (connection) => ({
    access: list(connection['access'])
      .map(map)
      .map((entry) => ({ policy: text(entry['policy']), workloads: list(entry['workloads']).map(text) })),
  })),
  policies: mapValues(map(value)['policies'], (policy) => ({
    // Columns of an entry that detects aren't masked by it.
    masks: list(policy['masks']).map((mask) => ({
      columns: map(mask)['detect'] ? [] : list(map(mask)['columns']).map(text),
    })),
    rules: list(policy['rules']).map((rule) => ({ name: text(map(rule)['name']) })),
  })),
})
