import { apiKeys, SHORTEST_KEY } from './built-in/api-key.js'
import { creditCards } from './built-in/credit-card.js'
import { emails } from './built-in/email.js'
import { ibans } from './built-in/iban.js'
import { ips } from './built-in/ip.js'
import { jwts, SHORTEST_HEADER } from './built-in/jwt.js'
import { byPattern } from './pattern.js'
import { phones } from './built-in/phone.js'
import { privateKeys } from './built-in/private-key.js'
import type { Signals } from './signals.js'
import type { Span, Subject } from './subject.js'
import { usSsns } from './built-in/us-ssn.js'

/** Finds one kind of sensitive text. */
export interface Detector {
  readonly name: string
  /** Whether a text with these signals can hold one. */
  possible(signals: Signals): boolean
  /** Where; two findings may overlap. */
  find(subject: Subject): readonly Span[]
  /** What is left of a finding for its hash: the same number written otherwise is the same number. */
  plain(found: string): string
  /** Fewer signs are none. */
  readonly shortest: number
  /** Whether a JSON number can be one. */
  readonly numeric: boolean
}

const digitsOnly = (found: string): string => found.replaceAll(/\D/g, '')
const asFound = (found: string): string => found

type Builtin = Omit<Detector, 'name'>

const builtins = {
  private_key: { possible: ({ rule }) => rule >= 5, find: privateKeys, plain: asFound, shortest: 20, numeric: false },
  jwt: {
    possible: ({ word, dot }) => dot && word >= SHORTEST_HEADER,
    ...{ find: jwts, plain: asFound, shortest: SHORTEST_HEADER, numeric: false },
  },
  api_key: {
    possible: ({ word }) => word >= SHORTEST_KEY,
    ...{ find: apiKeys, plain: asFound, shortest: SHORTEST_KEY, numeric: false },
  },
  email: {
    possible: ({ at }) => at,
    ...{ find: emails, plain: (found) => found.toLowerCase(), shortest: 6, numeric: false },
  },
  iban: {
    possible: ({ account }) => account,
    find: ibans,
    plain: (found) => found.replaceAll(/[ -]/g, '').toUpperCase(),
    ...{ shortest: 15, numeric: false },
  },
  credit_card: {
    possible: ({ digits, mass }) => digits >= 13 || mass >= 14,
    ...{ find: creditCards, plain: digitsOnly, shortest: 13, numeric: true },
  },
  us_ssn: {
    possible: ({ chain, mass }) => chain >= 3 && mass >= 9,
    ...{ find: usSsns, plain: digitsOnly, shortest: 11, numeric: false },
  },
  phone: {
    possible: ({ plus, chain, mass }) => (plus && mass >= 8) || (chain >= 3 && mass >= 10),
    ...{ find: phones, plain: digitsOnly, shortest: 9, numeric: false },
  },
  ip: {
    possible: ({ colons, chain }) => colons >= 2 || chain >= 4,
    ...{ find: ips, plain: (found) => found.toLowerCase(), shortest: 3, numeric: false },
  },
} satisfies Record<string, Builtin>

export type DetectorName = keyof typeof builtins

/** In the order in which they win over one another. */
export const detectorNames = Object.keys(builtins) as [DetectorName, ...DetectorName[]]

export const builtinDetector = (name: DetectorName): Detector => ({ name, ...builtins[name] })

/** @param pattern one that `whyNotPattern` has nothing against */
export const patternDetector = (name: string, pattern: string): Detector => ({
  name,
  possible: () => true,
  find: byPattern(pattern),
  plain: asFound,
  ...{ shortest: 1, numeric: true },
})
