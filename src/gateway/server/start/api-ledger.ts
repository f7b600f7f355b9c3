import type { Ledgers } from '../../ledger/open.js'
import type { ApiLedger } from '../http/deps.js'

/** The ledger, as the API needs it. */
export const apiLedger = ({ ledger, acts }: Pick<Ledgers, 'ledger' | 'acts'>): ApiLedger => ({
  read: async (what) => void (await ledger.write('read', what)),
  entered: () => acts.entered(),
})
