import { writeBundle } from '../../../ledger/bundle/write.js'
import { allActs } from '../../../store/acts.js'
import type { Store } from '../../../store/open.js'
import { allSessions } from '../../../store/sessions/queries.js'
import type { Ledgers } from '../../ledger/open.js'
import type { ApiLedger } from '../http/deps.js'

/** The ledger, as the API needs it. */
export const apiLedger = (
  { ledger, acts }: Pick<Ledgers, 'ledger' | 'acts'>,
  { db }: Pick<Store, 'db'>,
  recordings: string,
): ApiLedger => ({
  read: async (what) => void (await ledger.write('read', what)),
  entered: () => acts.entered(),
  bundle: (since) =>
    writeBundle({
      ...{ folder: ledger.folder, recordings, vkey: ledger.vkey, since },
      store: { sessions: () => allSessions(db), acts: () => allActs(db) },
    }),
})
