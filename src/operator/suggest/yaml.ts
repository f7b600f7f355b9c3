import type { MaskSpec } from '../../masking/types.js'

/** A column that looks sensitive and that not every policy of the connection masks. */
export interface Suggestion {
  readonly column: string
  readonly type: string
  readonly with?: MaskSpec
  readonly detect?: readonly string[]
  readonly reason: string
  /** Values that were looked at, and in how many each detector found something. */
  readonly values: number
  readonly found: Readonly<Record<string, number>>
}

const scalar = (text: string): string => (/^[A-Za-z_][\w.$]*$/.test(text) ? text : JSON.stringify(text))

/** A mask as one writes it in `hoop.yaml`. */
export const writtenMask = (spec: MaskSpec): string =>
  typeof spec === 'string'
    ? spec
    : `{ ${Object.entries(spec)
        .map(([key, value]) => `${key}: ${String(value)}`)
        .join(', ')} }`

/** Lines for `masks:` of a policy, each with its reason. */
export const yamlOf = (suggestions: readonly Suggestion[]): string => {
  const lines = suggestions.flatMap(({ column, with: spec, reason }) =>
    spec === undefined ? [] : [`- { columns: [${scalar(column)}], with: ${writtenMask(spec)} }  # ${reason}`],
  )
  const detected = [...new Set(suggestions.flatMap(({ detect = [] }) => detect))].sort()
  const places = suggestions.filter(({ detect }) => detect).map(({ column }) => JSON.stringify(column).slice(1, -1))
  if (detected.length > 0) lines.push(`- { detect: [${detected.join(', ')}], with: redact }  # in ${places.join(', ')}`)
  return lines.length === 0 ? '' : ['masks:', ...lines.map((line) => `  ${line}`)].join('\n')
}
