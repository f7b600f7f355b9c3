/**
 * Whether a rule's name means a name that the analysis found. A rule without a schema means every schema, `schema.*`
 * everything in one. A name that was found without its schema may be in any, so it is taken for the one that is meant;
 * a star that was found is everything there (DROP SCHEMA, DROP OWNED).
 */
export const means = (rule: string, found: string): boolean => {
  const [schema, name] = split(rule)
  const [foundSchema, foundName] = split(found)
  const sameSchema = schema === undefined || foundSchema === undefined || foundSchema === '*' || schema === foundSchema
  return sameSchema && (name === '*' || foundName === '*' || name === foundName)
}

const split = (name: string): readonly [schema: string | undefined, name: string] => {
  const dot = name.indexOf('.')
  return dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)]
}

export const meansAny = (rules: readonly string[], found: readonly string[]): boolean =>
  rules.some((rule) => found.some((name) => means(rule, name)))

/** Whether a rule's `schema.table.column` or `schema.table.*` means a column that the analysis found; a star that was found is any. */
export const columnMeans = (rule: string, found: string): boolean =>
  found === '*' || (rule.endsWith('.*') ? found.startsWith(rule.slice(0, -1)) : rule === found)
