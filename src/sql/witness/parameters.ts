/** Parameters of the witness, in order; each is an array. */
const plain = [
  ...(['expected', 'names', 'own', 'newest', 'written'] as const),
  ...(['functions', 'operators', 'casts', 'triggers'] as const),
] as const

/** Those that few statements need: for views, what is inherited or has masked columns, and commands on objects. */
const further = ['relations', 'whole', 'keys', 'readers', 'indexes', 'types', 'typeNames'] as const

export const parameters = [...plain, ...further] as const
export type Parameter = (typeof parameters)[number]

/** Among the names of `own`, what is no name: functions and triggers of the transaction's own pass too. Without masks only. */
export const vets = ''

/**
 * What a decision on a statement rests on, in the form of the witness's parameters, by their names. Sets in any order;
 * those of several premises make one.
 */
export type Premise = { readonly [Name in Parameter]: readonly string[] }

/** An array of texts, as PostgreSQL reads it. */
const array = (texts: Iterable<string>): string =>
  `{${[...texts].map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

const encoded = (premises: readonly Premise[]): readonly Buffer[] =>
  parameters.map((name) => {
    const all = new Set<string>()
    for (const premise of premises) for (const each of premise[name]) all.add(each)
    return Buffer.from(array(all))
  })

/** How many parameters the plain witness takes: the first of all. */
export const plainParameters = plain.length

const nothing = Buffer.from('{}')

/** Whether the plain witness is enough, with the first `plainParameters` of these: it costs a fourth. */
export const isPlain = (all: readonly Buffer[]): boolean =>
  all.slice(plainParameters).every((each) => each.equals(nothing))

const known = new WeakMap<Premise, readonly Buffer[]>()

/** The witness's parameters for all of these premises, in text format. @returns undefined where there are none */
export const witnessParameters = (premises: readonly Premise[]): readonly Buffer[] | undefined => {
  // Statements that are alike share theirs, and a text may have very many.
  const [only, another, ...more] = premises.length > 1 ? new Set(premises) : premises
  if (!only) return undefined
  if (another) return encoded([only, another, ...more])
  const found = known.get(only) ?? encoded(premises)
  known.set(only, found)
  return found
}
