import type { LoadedConfig } from '../../policy/config/load.js'
import type { Positions } from '../../policy/explanation.js'
import { conditionsPhrase } from '../../policy/rules/asked.js'

/** Where one policy's masks and rules stand in the file. */
export const positionsIn = (loaded: LoadedConfig, policyName: string): Positions => {
  const policy = loaded.config.policies[policyName]
  const at = ['policies', policyName]
  const masks = new Map(
    (policy?.masks ?? []).flatMap(({ columns }, mask) =>
      columns.map((column, nth) => [column, loaded.locate([...at, 'masks', mask, 'columns', nth])] as const),
    ),
  )
  const rules = new Map(
    (policy?.rules ?? []).map(({ name }, rule) => [name, loaded.locate([...at, 'rules', rule, 'name'])] as const),
  )
  const phrases = new Map((policy?.rules ?? []).map(({ name, when }) => [name, conditionsPhrase(when)] as const))
  const detector = (entry: number, name: string): string | undefined => {
    const detectors = policy?.masks[entry]?.detect?.detectors ?? []
    const nth = detectors.findIndex((each) => (typeof each === 'string' ? each : each.name) === name)
    return nth < 0 ? undefined : loaded.locate([...at, 'masks', entry, 'detect', nth])
  }
  return {
    detector,
    mask: (column) => masks.get(column),
    rule: (name) => rules.get(name),
    when: (name) => phrases.get(name),
  }
}
