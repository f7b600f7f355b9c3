import { doBody } from '../parser/plpgsql.js'
import { as } from '../tree.js'
import { unproven } from './refusal.js'

/* What fails by a masked value tells of it. The session hears of it once, and it counts; a handler would hear of it over and over. */

/** Whether a block goes on where something in it fails. */
export const catchesErrors = (node: unknown): boolean => {
  const block = as(node, 'DoStmt')
  return block !== undefined && doBody(block).catches === true
}

export const caught = unproven('DO', 'it handles errors that may depend on masked values', 'block')
