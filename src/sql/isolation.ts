import type { Isolation } from './facts.js'
import { constant } from './settings.js'
import { all, list, text, type Fields } from './tree.js'

/** Levels whose queries see the catalog as it was when their transaction began. */
const old: ReadonlySet<string> = new Set(['repeatable read', 'serializable'])

const settings: Readonly<Record<string, Isolation['of']>> = {
  transaction_isolation: 'transaction',
  default_transaction_isolation: 'session',
}

const given = (value: string | undefined, of: Isolation['of']): Isolation | undefined =>
  value === undefined ? undefined : { of, old: old.has(value.toLowerCase()) }

/** The isolation level that BEGIN or SET names, where it names one. */
export const isolationBy = (type: string, fields: Fields): { isolation?: Isolation } => {
  const options = all(type === 'TransactionStmt' ? fields['options'] : fields['args'], 'DefElem')
  const level = options.find(({ defname }) => defname === 'transaction_isolation')
  const name = text(fields['name']) ?? ''
  const of = settings[name.toLowerCase()]
  const isolation = level
    ? given(constant(level['arg']), name === 'SESSION CHARACTERISTICS' ? 'session' : 'transaction')
    : type === 'VariableSetStmt' && of
      ? given(constant(list(fields['args'])[0]), of)
      : undefined
  return isolation ? { isolation } : {}
}
