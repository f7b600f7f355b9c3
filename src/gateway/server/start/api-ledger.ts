import { writeBundle } from '../../../ledger/bundle/write.js'
import { actNumber, decisions, notInLedger } from '../../../ledger/proof/find.js'
import { writeProof } from '../../../ledger/proof/write.js'
import { allActs } from '../../../store/acts.js'
import { bestCheckpoint } from '../../../ledger/witness/cosigned.js'
import { leafOfAct, leafOfId } from '../../../store/ledger-leaves.js'
import type { Store } from '../../../store/open.js'
import { allSessions } from '../../../store/sessions/queries.js'
import type { Taken } from '../../retention/taken.js'
import type { Ledgers } from '../../ledger/open.js'
import type { ApiLedger } from '../http/deps.js'

/** The ledger, as the API needs it. */
export const apiLedger = (
  { ledger, acts }: Pick<Ledgers, 'ledger' | 'acts'>,
  { db }: Pick<Store, 'db'>,
  recordings: string,
  taken: Pick<Taken, 'during'>,
): ApiLedger => ({
  read: async (what) => void (await ledger.write('read', what)),
  entered: () => acts.entered(),
  bundle: (since) =>
    taken.during(
      writeBundle({
        ...{ folder: ledger.folder, recordings, vkey: ledger.vkey, since },
        store: { sessions: () => allSessions(db), acts: () => allActs(db) },
      }),
    ),
  proof: async (target) => {
    await acts.entered()
    // What has a leaf already may not be noted yet.
    await ledger.noted()
    const number = actNumber(target)
    const leaf = await (number === undefined ? leafOfId(db, target, decisions) : leafOfAct(db, number))
    if (leaf === undefined || ledger.checkpoint === undefined) throw notInLedger(target)
    const checkpoint = await bestCheckpoint(ledger.folder, ledger.checkpoint, BigInt(leaf))
    return writeProof(ledger.folder, BigInt(leaf), checkpoint)
  },
})
