import type { Path } from './document/document.js'
import { didYouMean } from './document/expectation.js'
import type { Outline } from './outline.js'
import { defaultListen } from './sections/gateway.js'

export interface Finding {
  readonly path: Path
  readonly what: string
}

const unknownPolicies = function* ({ connections, policies }: Outline): Generator<Finding> {
  const known = Object.keys(policies)
  for (const [name, { access }] of Object.entries(connections))
    for (const [index, { policy }] of access.entries())
      if (policy !== '' && !known.includes(policy))
        yield {
          path: ['connections', name, 'access', index, 'policy'],
          what: `found ${JSON.stringify(policy)}, expected the name of a policy${didYouMean(policy, known)}`,
        }
}

const unknownWorkloads = function* ({ connections, workloads: known }: Outline): Generator<Finding> {
  for (const [name, { access }] of Object.entries(connections))
    for (const [index, { workloads }] of access.entries())
      for (const [nth, workload] of workloads.entries())
        if (workload !== '' && !known.includes(workload))
          yield {
            path: ['connections', name, 'access', index, 'workloads', nth],
            what: `found ${JSON.stringify(workload)}, expected a name of identity.workloads${didYouMean(workload, known)}`,
          }
}

/** The later positions of names that were given before. */
const repeated = function* (
  positions: Iterable<readonly [name: string, path: Path]>,
  once: string,
): Generator<Finding> {
  const seen = new Set<string>([''])
  for (const [name, path] of positions) {
    if (seen.has(name) && name !== '') yield { path, what: `found ${name} twice, expected ${once}` }
    seen.add(name)
  }
}

const repeatedNames = function* ({ policies }: Outline): Generator<Finding> {
  for (const [policy, { masks, rules }] of Object.entries(policies)) {
    const at = ['policies', policy]
    const names = rules.map(({ name }, index) => [name, [...at, 'rules', index, 'name']] as const)
    const columns = masks.flatMap((mask, index) =>
      mask.columns.map((column, nth) => [column, [...at, 'masks', index, 'columns', nth]] as const),
    )
    yield* repeated(names, 'each rule to have a name of its own')
    yield* repeated(columns, 'one mask for each column')
  }
}

const portOf = (address: string): number => Number(address.replace(/^.*:/, ''))

/** Metrics need no login: they never come by the port that everybody reaches. */
const sharedPort = function* ({ gateway: { listen, metrics } }: Outline): Generator<Finding> {
  if (metrics === '' || portOf(metrics) === 0 || portOf(metrics) !== portOf(listen || defaultListen)) return
  yield {
    path: ['gateway', 'metrics', 'listen'],
    what: `found ${metrics}, expected another port than gateway.listen has`,
  }
}

/** What no single field's schema can see. */
export const crossChecks = (outline: Outline): Finding[] => [
  ...unknownPolicies(outline),
  ...unknownWorkloads(outline),
  ...repeatedNames(outline),
  ...sharedPort(outline),
]
