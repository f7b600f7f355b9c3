import { HoopError } from '../../lib/errors.js'

/**
 * Variables of `--set`. An error shows the name alone, and nothing of a word without one: it may be a secret.
 * @param given each `name=value`
 * @throws {HoopError} USAGE
 */
export function variablesOf(given: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>()
  for (const each of given) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(each) ?? []
    if (name === undefined || value === undefined) {
      const before = each.includes('=') ? `--set ${each.split('=', 1)[0]}` : 'a word after --set'
      throw new HoopError('USAGE', `${before} is no name=value`, {
        hint: 'Write --set name=value; the name has letters, digits and _ alone.',
      })
    }
    if (variables.has(name)) throw new HoopError('USAGE', `--set gives ${name} twice`)
    variables.set(name, value)
  }
  return variables
}
