import type { Fields } from '../tree.js'

type Kind = string | ((fields: Fields) => string)

const transaction: Readonly<Record<string, string>> = {
  ...{ TRANS_STMT_BEGIN: 'begin', TRANS_STMT_START: 'begin', TRANS_STMT_COMMIT: 'commit' },
  ...{ TRANS_STMT_ROLLBACK: 'rollback', TRANS_STMT_SAVEPOINT: 'savepoint', TRANS_STMT_RELEASE: 'release' },
  ...{ TRANS_STMT_ROLLBACK_TO: 'rollback', TRANS_STMT_PREPARE: 'prepare' },
  ...{ TRANS_STMT_COMMIT_PREPARED: 'commit', TRANS_STMT_ROLLBACK_PREPARED: 'rollback' },
}

const either = (field: string, yes: string, no: string) => (fields: Fields) => (fields[field] === true ? yes : no)

/** Statements whose kind is not the first word of their node's name. */
const kinds: Readonly<Record<string, Kind>> = {
  SelectStmt: (fields) => (Array.isArray(fields['valuesLists']) ? 'values' : 'select'),
  PLAssignStmt: 'select',
  ReturnStmt: 'select',
  TransactionStmt: (fields) => transaction[String(fields['kind'])] ?? 'transaction',
  VariableSetStmt: (fields) => (String(fields['kind']).startsWith('VAR_RESET') ? 'reset' : 'set'),
  VariableShowStmt: 'show',
  ConstraintsSetStmt: 'set',
  VacuumStmt: either('is_vacuumcmd', 'vacuum', 'analyze'),
  GrantStmt: either('is_grant', 'grant', 'revoke'),
  GrantRoleStmt: either('is_grant', 'grant', 'revoke'),
  FetchStmt: either('ismove', 'move', 'fetch'),
  ClosePortalStmt: 'close',
  CheckPointStmt: 'checkpoint',
  CreatedbStmt: 'create',
  DropdbStmt: 'drop',
  RenameStmt: 'alter',
  SecLabelStmt: 'security',
  ReplicaIdentityStmt: 'alter',
  ...Object.fromEntries(
    ['IndexStmt', 'ViewStmt', 'RuleStmt', 'DefineStmt', 'CompositeTypeStmt'].map((type) => [type, 'create']),
  ),
}

/** `CreateTableAsStmt` is a create, `DeclareCursorStmt` a declare. */
const firstWord = /^[A-Z][a-z]+/

/** Whether a key of the tree is a statement's node; fields that hold one (`selectStmt`, `setstmt`) begin in lower case. */
export const isStatement = (key: string): boolean => key.endsWith('Stmt') && key.charCodeAt(0) < 0x61

/** The statement's kind: the SQL command's first word in lower case. */
export const kindOf = (type: string, fields: Fields): string => {
  const kind = kinds[type]
  if (typeof kind === 'function') return kind(fields)
  if (kind !== undefined) return kind
  return (firstWord.exec(type)?.[0] ?? type).toLowerCase()
}

const schemaChanges: ReadonlySet<string> = new Set(['create', 'alter', 'drop', 'import', 'reassign', 'load'])

/** Whether a statement with these kinds can change what names mean. */
export const changesSchema = (kinds: Iterable<string>): boolean => {
  for (const kind of kinds) if (schemaChanges.has(kind) || kind === 'dynamic' || kind === 'call') return true
  return false
}
