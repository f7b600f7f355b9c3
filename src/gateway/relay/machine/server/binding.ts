import type { AllowedStatement } from '../../../../policy/decision.js'
import { nameKey } from '../../../../wire/frontend.js'
import { preparedBySql } from '../admission/to-run.js'
import type { Names, PreparedStatement } from '../names/names.js'
import type { BindRequest, Request } from '../requests.js'

/** What was decided on the statement that a Bind names, as the server has it when it answers. */
const factsOf = (
  { portal: { found } }: BindRequest,
  prepared: PreparedStatement | undefined,
): AllowedStatement | undefined => {
  for (const [meaning, facts] of found) if (meaning === prepared) return facts ?? prepared.facts
  return prepared?.facts
}

/** BindComplete: only now it is certain which statement the name meant. */
export const bound = (names: Names, request: BindRequest): void => {
  const { portal, name, statement } = request
  const prepared = names.statements.confirmed(nameKey(name))
  const ran = prepared && !prepared.bySql ? prepared.text : preparedBySql(name)
  if (ran !== statement.text) statement.ran = ran
  portal.prepared = prepared
  portal.facts = factsOf(request, prepared)
  names.confirm(portal)
}

/** Whether the answer to a request may quote values of masked columns. */
export const touchesMasked = (names: Names, head: Request | undefined): boolean => {
  switch (head?.kind) {
    case 'query':
      return head.admission?.statements.some(({ scrub }) => scrub) ?? false
    case 'parse':
      return head.meaning.facts?.scrub ?? false
    case 'bind':
      return factsOf(head, names.statements.confirmed(nameKey(head.name)))?.scrub ?? true
    case 'execute':
      return names.portals.confirmed(nameKey(head.portal))?.facts?.scrub ?? true
    case 'function':
      return true
    case 'describe':
    case 'close':
    case 'plan':
    case 'sync':
    case 'copy-end':
    case undefined:
      return false
  }
}
