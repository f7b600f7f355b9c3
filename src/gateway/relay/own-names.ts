import { randomBytes } from 'node:crypto'
import type { OwnNames } from './machine/client/parts.js'

const unknowable = (what: string): string => `hoop_${what}_${randomBytes(12).toString('hex')}`

/** Names that no client can know, for one session. */
export const ownNames = (): OwnNames => ({
  refused: unknowable('refused'),
  check: unknowable('check'),
  plan: unknowable('estimate'),
})
