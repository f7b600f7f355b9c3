import { randomBytes } from 'node:crypto'

/** A word that is no SQL, and a name that no one can have prepared. */
export const refusedWord = (): string => `hoop_refused_${randomBytes(12).toString('hex')}`
