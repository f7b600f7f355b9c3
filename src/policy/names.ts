/**
 * Whether a rule's name means a name that the analysis found. A rule without a schema means every schema, `schema.*`
 * everything in one. A name that was found without its schema may be in any, so it is taken for the one that is meant.
 */
export const means = (rule: string, found: string): boolean => {
  const [schema, name] = split(rule)
  const [foundSchema, foundName] = split(found)
  const sameSchema = schema === undefined || foundSchema === undefined || schema === foundSchema
  return sameSchema && (name === '*' || name === foundName)
}

const split = (name: string): readonly [schema: string | undefined, name: string] => {
  const dot = name.indexOf('.')
  return dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)]
}

export const meansAny = (rules: readonly string[], found: readonly string[]): boolean =>
  rules.some((rule) => found.some((name) => means(rule, name)))
