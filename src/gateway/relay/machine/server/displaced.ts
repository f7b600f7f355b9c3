import type { ErrorFields } from '../../../../wire/error-fields.js'
import type { Request } from '../requests.js'

/**
 * Which of the server's message handlers says that an unnamed statement (26000) or portal (34000) is missing. EXECUTE, FETCH,
 * CLOSE, and what names a statement or a cursor, say the same in other routines; functions that raise it have a context.
 * @see PostgreSQL, src/backend/tcop/postgres.c
 */
const handlers = {
  bind: ['exec_bind_message'],
  statement: ['exec_describe_statement_message'],
  portal: ['exec_describe_portal_message'],
  execute: ['exec_execute_message'],
  played: ['exec_bind_message', 'exec_describe_portal_message', 'exec_execute_message'],
} as const

/** Who may say so of the request; nobody where it rests on nothing unnamed, or its client has had something of it. */
const saidBy = (head: Request | undefined): readonly string[] => {
  if (head?.kind === 'query') return head.played && !head.played.shown ? handlers.played : []
  if (head?.kind === 'bind') return head.name === '' && !head.refused ? handlers.bind : []
  if (head?.kind === 'execute') return head.portal === '' ? handlers.execute : []
  if (head?.kind !== 'describe' || head.name !== '') return []
  return head.of === 'S' ? handlers.statement : handlers.portal
}

/**
 * Whether the unnamed statement or portal is gone that was made in the same pipeline: where one backend serves everybody,
 * somebody else's has come between. What a statement raises itself, by whatever SQLSTATE, is its own error.
 * @param said as the server has said it
 */
export const isDisplaced = (
  head: Request | undefined,
  { C: sqlstate, R: routine = '', W: context }: ErrorFields,
): boolean => (sqlstate === '26000' || sqlstate === '34000') && context === undefined && saidBy(head).includes(routine)
