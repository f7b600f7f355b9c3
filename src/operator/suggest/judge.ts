import type { MaskSpec } from '../../masking/types.js'

/** What is known of one column after a look at a sample of it. Never a value. */
export interface Sampled {
  /** `schema.table.column` */
  readonly column: string
  /** `pg_type.typname`, of a domain's base. */
  readonly type: string
  /** `typcategory`: S strings, N numbers, D dates, B booleans, … */
  readonly category: string
  /** Values that were looked at, NULLs left out. */
  readonly values: number
  /** In how many of them each detector found something. */
  readonly found: Readonly<Record<string, number>>
}

export interface Verdict {
  /** A mask for the column; undefined where only pieces of its text are sensitive. */
  readonly with?: MaskSpec
  /** Detectors to look through it with, where it gets no mask. */
  readonly detect?: readonly string[]
  readonly reason: string
}

const vectors = new Set(['vector', 'halfvec', 'sparsevec'])

/** What a column full of such findings is masked with. */
const masks: Readonly<Record<string, MaskSpec>> = {
  ...{ email: 'email', us_ssn: { keep_last: 4 }, credit_card: { keep_last: 4 }, iban: { keep_last: 4 } },
  ...{ phone: { keep_last: 2 }, ip: 'redact', api_key: 'redact', private_key: 'redact', jwt: 'redact' },
}

/** From this share of the values on, the column is one of such values; below it is text with some in it. */
const MOST = 0.5
/** One in so many may be chance. */
const FEW = 0.01

const dates = /^(?:date|timestamp|timestamptz)$/

interface Naming {
  readonly words: RegExp
  readonly what: string
  readonly mask: (type: string, category: string) => MaskSpec | undefined
}

const onText =
  (spec: MaskSpec) =>
  (type: string, category: string): MaskSpec | undefined =>
    category === 'S' ? spec : category === 'N' || type === 'json' || type === 'jsonb' ? 'redact' : undefined

/** By the words of a column's name, joined by `_`. The first that fits counts. */
const namings: readonly Naming[] = [
  { words: /(?:^|_)e?mail(?:s|_address)?$/, what: 'an e-mail address', mask: onText('email') },
  {
    words: /(?:^|_)(?:ssn|social_security(?:_n(?:umbe|)r)?|tax_id|tin|national_id)$/,
    what: 'a social security or tax number',
    mask: onText({ keep_last: 4 }),
  },
  {
    words: /(?:^|_)(?:phone|mobile|cell|tel|telephone|fax)(?:_n(?:umber|r|o))?$/,
    what: 'a telephone number',
    mask: onText({ keep_last: 2 }),
  },
  {
    words: /(?:^|_)(?:iban|bic|account_n(?:umber|r|o)|routing_number)$/,
    what: 'a bank account',
    mask: onText({ keep_last: 4 }),
  },
  {
    words: /(?:^|_)(?:card|cc|credit_card|pan)(?:_n(?:um|umber|r|o))?$/,
    what: 'a card number',
    mask: onText({ keep_last: 4 }),
  },
  { words: /(?:^|_)(?:cvv|cvc|pin)(?:_code)?$/, what: 'a card’s or account’s secret', mask: onText('redact') },
  {
    words:
      /(?:^|_)(?:password|passwd|pwd|passphrase|secret|token|api_key|access_key|private_key|credentials?)(?:_hash|_digest)?$/,
    what: 'a secret',
    mask: (type, category) => (type === 'bytea' ? 'redact' : onText('redact')(type, category)),
  },
  {
    words: /(?:^|_)(?:dob|birth_?da(?:te|y)|date_of_birth|born(?:_on)?)$/,
    what: 'a date of birth',
    mask: (type, category) => (dates.test(type) ? { date: 'year' } : onText('redact')(type, category)),
  },
  {
    words: /(?:^|_)(?:(?:first|last|full|middle|given|family|maiden)_?name|surname)$/,
    what: 'a person’s name',
    mask: onText('redact'),
  },
  {
    words: /(?:^|_)(?:passport|driver_?s?_?licen[cs]e)(?:_n(?:umber|r|o))?$/,
    what: 'a number of a document',
    mask: onText({ keep_last: 4 }),
  },
  {
    words: /(?:^|_)(?:street|address(?:_line)?_?\d?|postal_code|postcode|zip(?:_code)?)$/,
    what: 'an address',
    mask: onText('redact'),
  },
  {
    words: /(?:^|_)(?:ip|ip_addr(?:ess)?|remote_addr)$/,
    what: 'an IP address',
    mask: (type, category) => (category === 'I' ? 'redact' : onText('redact')(type, category)),
  },
  { words: /(?:^|_)(?:salary|income|wage)$/, what: 'somebody’s income', mask: onText('redact') },
  {
    words: /(?:^|_)(?:diagnos[ie]s|medication|blood_type|religion|ethnicity)$/,
    what: 'something about a person that laws protect',
    mask: onText('redact'),
  },
]

const wordsOf = (column: string): string =>
  column
    .slice(column.lastIndexOf('.') + 1)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()

const percent = (part: number): string => (part >= 0.995 ? 'all' : `${Math.max(1, Math.round(part * 100))} %`)

/** What the column looks like, or undefined where nothing speaks for a mask. */
export const judge = ({ column, type, category, values, found }: Sampled): Verdict | undefined => {
  if (vectors.has(type)) return { with: 'vector', reason: `${type}: embeddings give back the text behind them` }
  const ranked = Object.entries(found)
    .map(([name, count]) => [name, count / Math.max(values, 1)] as const)
    .filter(([, share]) => share >= FEW)
    .sort((one, other) => other[1] - one[1])
  const hits = ranked.map(([name, share]) => `${name} in ${percent(share)} of ${values}`).join(', ')
  const [first] = ranked
  if (first && first[1] >= MOST)
    return { with: category === 'S' ? (masks[first[0]] ?? 'redact') : 'redact', reason: hits }
  const words = wordsOf(column)
  const naming = namings.find((each) => each.words.test(words))
  const spec = naming?.mask(type, category)
  if (naming && spec !== undefined)
    return { with: spec, reason: [`its name is ${naming.what}’s`, ...(hits ? [hits] : [])].join('; ') }
  return first && { detect: ranked.map(([name]) => name), reason: hits }
}
