import { random, type Random } from './random.js'

export interface Customer {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly ssn: string
  readonly card: string
  readonly country: string
  readonly plan: string
}

const given =
  'Ana Ben Chloé Dmitri Esi Farid Grace Hiro Ingrid Jamal Kateřina Luis Mei Nadia Omar Priya Quinn Rosa Sven Tomás Uma Viktor Wren Ximena Yusuf Zoë'.split(
    ' ',
  )
const family =
  'Adeyemi Bianchi Costa Dubois Eriksen Fernandes García Haddad Ito Jensen Kowalski Lindqvist Müller Nguyen Okafor Petrova Quispe Rossi Silva Tanaka Ueda Van-Dijk Walker Xu Yılmaz Zhang'.split(
    ' ',
  )
const hosts = ['example.com', 'example.org', 'example.net', 'mail.example.com']
const countries = ['PT', 'NO', 'PL', 'FR', 'CA', 'US', 'JP', 'GH', 'IN', 'PE']

const ascii = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase()

/** Appends the digit that makes a number pass the Luhn check (ISO/IEC 7812-1, annex B). */
const withCheckDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const customer = (id: number, source: Random): Customer => {
  const [first, last] = [source.pick(given), source.pick(family)]
  return {
    id,
    name: `${first} ${last}`,
    email: `${ascii(first)}.${ascii(last)}${id}@${source.pick(hosts)}`,
    phone: `+1 555 01${source.digits(2)} ${source.digits(4)}`,
    // Numbers from 900 are never given out as Social Security numbers.
    ssn: `9${source.digits(2)}-${source.below(89) + 10}-${source.digits(4)}`,
    card: withCheckDigit(`400000${source.digits(9)}`),
    country: source.pick(countries),
    plan: source.pick(['Starter', 'Team', 'Business', 'Enterprise']),
  }
}

/** People who don't exist, with numbers that belong to nobody but look like somebody's. */
export const customers = (count: number): Customer[] => {
  const source = random(20_260)
  return Array.from({ length: count }, (_, at) => customer(at + 1, source))
}
