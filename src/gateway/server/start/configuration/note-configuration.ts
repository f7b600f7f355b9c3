import type { Logger } from 'pino'
import { system } from '../../../../lib/api/acts.js'
import type { LoadedConfig } from '../../../../policy/config/load.js'
import { noteEntries } from '../../../../store/access-entries.js'
import type { Store } from '../../../../store/open.js'
import { entryKeys } from '../../../access/entry-key.js'
import type { WriteAudit } from '../../../access/audit-log.js'
import { lastEntered } from '../../../ledger/entered-act.js'
import type { GatewayLedger } from '../../../ledger/ledger.js'

/** Never throws. */
export type NoteConfiguration = (loaded: Pick<LoadedConfig, 'hash' | 'config'>) => Promise<void>

interface NoteOptions extends Pick<Store, 'db'> {
  readonly ledger: Pick<GatewayLedger, 'folder' | 'checkpoint' | 'noted'>
  readonly write: WriteAudit
  readonly log: Logger
}

/**
 * Writes down that another configuration is in force than the one before, be it by a reload or since a start, and since
 * when its entries let people in. It is in
 * force even where that can't be written: a file with less access in it must not wait for the store.
 */
export const noteConfiguration =
  ({ db, ledger, write, log }: NoteOptions): NoteConfiguration =>
  async ({ hash, config }) => {
    try {
      await noteEntries(db, entryKeys(config.connections), Date.now())
      const before = (await lastEntered(db, ledger, 'policy.reload'))?.after
      if (before?.['hash'] === hash) return
      await write({ act: 'policy.reload', by: system, target: 'hoop.yaml', before, after: { hash } })
    } catch (err) {
      log.error({ err }, 'it was not written down which configuration is in force')
    }
  }
