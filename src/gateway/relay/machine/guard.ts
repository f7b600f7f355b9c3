import type { Guard } from '../../../policy/decision.js'

/** The part of a guard that answers at once. Whoever drives the machine reads the catalog. */
export type MachineGuard = Pick<
  Guard,
  | 'decide'
  | 'masks'
  | 'clear'
  | 'scans'
  | 'masking'
  | 'caps'
  | 'maskKey'
  | 'slow'
  | 'spans'
  | 'witness'
  | 'catalog'
  | 'prepare'
>
