import { apiKeys, SHORTEST_KEY } from './api-key.js'
import { creditCards } from './credit-card.js'
import { emails } from './email.js'
import { ibans } from './iban.js'
import { ips } from './ip.js'
import { jwts } from './jwt.js'
import { byPattern } from './pattern.js'
import { phones } from './phone.js'
import { privateKeys } from './private-key.js'
import type { Signals } from './signals.js'
import type { Span, Subject } from './subject.js'
import { usSsns } from './us-ssn.js'

/** Finds one kind of sensitive text. */
export interface Detector {
  readonly name: string
  /** Whether a text with these signals can hold one. */
  possible(signals: Signals): boolean
  /** Where; two findings may overlap. */
  find(subject: Subject): readonly Span[]
  /** What is left of a finding for its hash: the same number written otherwise is the same number. */
  plain(found: string): string
}

const digitsOnly = (found: string): string => found.replaceAll(/\D/g, '')
const asFound = (found: string): string => found

type Builtin = Omit<Detector, 'name'>

const builtins = {
  private_key: { possible: ({ word }) => word >= 10, find: privateKeys, plain: asFound },
  jwt: { possible: ({ word, dot }) => dot && word >= 10, find: jwts, plain: asFound },
  api_key: { possible: ({ word }) => word >= SHORTEST_KEY, find: apiKeys, plain: asFound },
  email: { possible: ({ at }) => at, find: emails, plain: (found) => found.toLowerCase() },
  iban: {
    possible: ({ word, chain }) => word >= 15 || chain >= 2,
    find: ibans,
    plain: (found) => found.replaceAll(/[ -]/g, '').toUpperCase(),
  },
  credit_card: {
    possible: ({ digits, chain }) => digits >= 13 || chain >= 3,
    find: creditCards,
    plain: digitsOnly,
  },
  us_ssn: { possible: ({ chain }) => chain >= 3, find: usSsns, plain: digitsOnly },
  phone: { possible: ({ plus, chain }) => plus || chain >= 3, find: phones, plain: digitsOnly },
  ip: { possible: ({ colon, chain }) => colon || chain >= 4, find: ips, plain: (found) => found.toLowerCase() },
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
})
