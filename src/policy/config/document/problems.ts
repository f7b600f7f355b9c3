import type { z } from 'zod'
import type { Path, Problem, SourceDocument } from './document.js'
import { didYouMean, expected, found } from './expectation.js'
import { keysAt } from './schema-keys.js'

/** `connections.vectordb.access[0].policy` */
export const label = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text && '.'}${String(key)}`),
    '',
  )

const unknownKeys = (
  issue: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.core.$ZodType,
  source: SourceDocument,
): Problem[] => {
  const known = keysAt(schema, issue.path)
  return issue.keys.map((key) => ({
    ...source.atKey([...issue.path, key]),
    what: `${label([...issue.path, key])}: found an unknown key, expected one of ${known.join(', ')}${didYouMean(key, known)}`,
  }))
}

/** Where several shapes are possible and the keys fit one of them, what is wrong inside of that one says more. */
const meant = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined => {
  if (issue.code !== 'invalid_union') return undefined
  const fitting = issue.errors.filter((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0))
  const [only] = fitting
  if (!only || fitting.length > 1) return undefined
  return only.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** One problem for each thing that is wrong, at its position: what was found and what was expected. */
export const problemsOf = (issue: z.core.$ZodIssue, schema: z.core.$ZodType, source: SourceDocument): Problem[] => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema, source)
  const inner = meant(issue)
  if (inner) return inner.flatMap((each) => problemsOf(each, schema, source))
  const position = issue.code === 'invalid_key' ? source.atKey(issue.path) : source.at(issue.path)
  const prefix = issue.path.length > 0 ? `${label(issue.path)}: ` : ''
  return [{ ...position, what: `${prefix}found ${found(issue.input, issue.path)}, expected ${expected(issue)}` }]
}
