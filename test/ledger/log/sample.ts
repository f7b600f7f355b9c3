import type { Leaf } from '../../../src/ledger/leaves.js'
import {
  type LedgerKeys,
  newLedgerKeys,
  parseLedgerKeys,
  type WrittenLedgerKeys,
} from '../../../src/ledger/log/key-file.js'
import { signerOf } from '../../../src/ledger/note/keys.js'

export const written: WrittenLedgerKeys = newLedgerKeys('gateway.example.com')

export const keysOf = ({ origin, keys }: WrittenLedgerKeys): LedgerKeys => {
  const [newest, ...former] = parseLedgerKeys(JSON.stringify({ origin, keys })).keys.map(({ seed }) =>
    signerOf(origin, Buffer.from(seed, 'base64')),
  )
  return { origin, signers: [newest!, ...former], sealing: new Map(), newest: {} }
}

export const keys = keysOf(written)

/** The same log with another key in front. */
export const rotatedKeys = (): LedgerKeys =>
  keysOf({ origin: written.origin, keys: [newLedgerKeys('x').keys[0], ...written.keys] })

export const heartbeat = (at = 0): Leaf => ({
  kind: 'heartbeat',
  time: new Date(1_795_000_000_000 + at * 60_000).toISOString(),
  sessions: at,
})
