import type { Named } from './facts.js'
import { text, type Fields } from './tree.js'

const naming: Readonly<Record<string, { defines?: Named['of']; runs?: Named['of'] }>> = {
  PrepareStmt: { defines: 'statement' },
  DeclareCursorStmt: { defines: 'portal' },
  ExecuteStmt: { runs: 'statement' },
  FetchStmt: { runs: 'portal' },
}

/** What PREPARE and DECLARE give a name to, and whose columns EXECUTE and FETCH yield. */
export const namedBy = (type: string, fields: Fields): { defines?: Named; runs?: Named } => {
  const name = text(fields['name']) ?? text(fields['portalname'])
  if (name === undefined) return {}
  const { defines, runs } = naming[type] ?? {}
  return { ...(defines && { defines: { of: defines, name } }), ...(runs && { runs: { of: runs, name } }) }
}
