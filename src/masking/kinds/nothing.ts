import type { MaskKind } from './kind.js'

/** SQL's NULL, and JSON's. */
export const nothing = {
  word: true,
  undivided: true,
  make: () => ({ kind: 'fixed', value: null }),
  leaf: () => ({ text: () => null, number: () => 'null', boolean: 'null', object: 'null', array: 'null' }),
  // The whole text becomes NULL where it can; where it can't, the detector's name stands there.
  token: (_given, { detector }) => `[${detector}]`,
} as const satisfies MaskKind<undefined>
