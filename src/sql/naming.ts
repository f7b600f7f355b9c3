import type { Named, StatementFacts } from './facts.js'
import { given, members } from './lineage/distances/given.js'
import { list, text, walk, type Fields } from './tree.js'

interface Naming {
  readonly defines?: Named['of']
  readonly runs?: Named['of']
  readonly ends?: Named['of']
}

const naming: Readonly<Record<string, Naming>> = {
  PrepareStmt: { defines: 'statement' },
  DeclareCursorStmt: { defines: 'portal' },
  ExecuteStmt: { runs: 'statement' },
  FetchStmt: { runs: 'portal' },
  DeallocateStmt: { ends: 'statement' },
  ClosePortalStmt: { ends: 'portal' },
}

/** CURSOR_OPT_HOLD of the server's parsenodes.h. */
const HOLD = 0x20

const holds = (fields: Fields): boolean => (Number(fields['options'] ?? 0) & HOLD) !== 0

/** What is called, or asked of the session, may be another value each time that the same text is run. */
const passedBy = (node: unknown): NonNullable<StatementFacts['arguments']>[number] => {
  let constant = true
  walk(node, (inner) => {
    if (inner['funcname'] !== undefined || inner['SQLValueFunction'] !== undefined) constant = false
    return constant
  })
  return constant ? { one: given(node), members: members(node) } : { one: 'run', members: [{ list: 'unknown' }] }
}

/** What PREPARE and DECLARE give a name to, whose columns EXECUTE and FETCH yield, which names DEALLOCATE and CLOSE end. */
export const namedBy = (
  type: string,
  fields: Fields,
): Pick<StatementFacts, 'runs' | 'ends' | 'arguments'> & { defines?: Named & { readonly hold?: true } } => {
  const { defines, runs, ends } = naming[type] ?? {}
  const name = text(fields['name']) ?? text(fields['portalname'])
  if (ends) return { ends: { of: ends, ...(name !== undefined && { name }) } }
  if (name === undefined) return {}
  const passed = type === 'ExecuteStmt' ? list(fields['params']).map(passedBy) : []
  return {
    ...(defines && { defines: { of: defines, name, ...(holds(fields) && { hold: true as const }) } }),
    ...(runs && { runs: { of: runs, name } }),
    ...(passed.length > 0 && { arguments: passed }),
  }
}
