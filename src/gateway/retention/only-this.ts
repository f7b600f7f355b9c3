import { type ErrorCode, HoopError } from '../../lib/errors.js'

/** What one session's row, leaves or file can bring about, and no other's. */
const ofOne: ReadonlySet<ErrorCode> = new Set([
  'LEDGER_DAMAGED',
  'NOT_FOUND',
  'RECORDING_UNREADABLE',
  'RECORDING_DAMAGED',
])

/**
 * What is wrong with one session keeps that one, and holds up no other.
 * @returns why, where it can't be looked at
 * @throws what isn't this session's affair
 */
export const onlyThis = async <Looked>(look: () => Promise<Looked>): Promise<Looked | { readonly why: string }> => {
  try {
    return await look()
  } catch (error) {
    if (error instanceof HoopError && ofOne.has(error.code)) return { why: `${error.code}: ${error.message}` }
    throw error
  }
}
