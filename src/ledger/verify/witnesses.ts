import { cosignaturesOf } from '../note/cosignature.js'
import type { Verifier } from '../note/keys.js'
import { readCosigned } from '../witness/cosigned.js'
import type { Finding, SeenCheckpoint, Witnessed } from './report.js'

/** A witness whose word is looked for. */
export interface AskedWitness {
  readonly key: Verifier
  /** Whether a record that it has signed nothing of counts as altered: whoever rewrites it can take the signature away. */
  readonly demanded: boolean
}

/** What witnesses have signed of a log: heads that the log has to continue. */
export const witnessedIn = async (
  folder: string,
  witnesses: readonly AskedWitness[],
  found: (finding: Finding) => void,
): Promise<readonly (SeenCheckpoint & { readonly by: Witnessed })[]> => {
  const seen: (SeenCheckpoint & { readonly by: Witnessed })[] = []
  for (const { key, demanded } of witnesses) {
    const checkpoint = await readCosigned(folder, key.id)
    try {
      const [signed] = checkpoint === undefined ? [] : cosignaturesOf(checkpoint, [key])
      if (checkpoint === undefined || !signed)
        found({ kind: demanded ? 'witness-missing' : 'witness-silent', expected: key.name })
      else {
        const by = { name: key.name, time: new Date(signed.time * 1000).toISOString() }
        seen.push({ checkpoint, where: `the witness ${by.name} at ${by.time}`, by })
      }
    } catch (error) {
      found({ kind: 'witness-signature', expected: key.name, found: (error as Error).message })
    }
  }
  return seen
}
