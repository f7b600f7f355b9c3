import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sealed, Seals, SealedValue } from '../store/seals.js'
import type { LedgerKeys } from './log/key-file.js'

/** Whole numbers come back from the store as bigint. What is neither text nor a number is none that was written. */
const told = (value: SealedValue): unknown =>
  typeof value === 'string' || value === null ? value : { number: String(value) }

/**
 * HMAC-SHA-256 over what a row says and where it stands, by a key that isn't in the store: whoever can edit that makes none.
 */
export class StoreSeals implements Seals {
  #keys: LedgerKeys
  /** Verifier keys of those whose seals count beside the newest key's. */
  readonly #accepted = new Set<string>()

  constructor(keys: LedgerKeys) {
    this.#keys = keys
  }

  /** For whoever only looks: what any key of the file has sealed counts. */
  static ofAll(keys: LedgerKeys): StoreSeals {
    const seals = new StoreSeals(keys)
    for (const { vkey } of keys.signers) seals.accept(vkey)
    return seals
  }

  /** Another key seals from now on. What the one before has sealed counts until this gateway ends. */
  take(keys: LedgerKeys): void {
    this.accept(this.#keys.signers[0].vkey)
    this.#keys = keys
  }

  /** @param vkey of a former key, by which there may be rows that aren't entered yet */
  accept(vkey: string): void {
    this.#accepted.add(vkey)
  }

  seal(what: Sealed, values: readonly SealedValue[]): string {
    return this.#seal(this.#keys.sealing.get(this.#keys.signers[0].vkey)!, what, values).toString('base64url')
  }

  isRight(what: Sealed, values: readonly SealedValue[], seal: string | null): boolean {
    if (typeof seal !== 'string') return false
    const given = Buffer.from(seal, 'base64url')
    const { signers, sealing } = this.#keys
    return signers.some(({ vkey }, at) => {
      if (at > 0 && !this.#accepted.has(vkey)) return false
      const right = this.#seal(sealing.get(vkey)!, what, values)
      return given.length === right.length && timingSafeEqual(given, right)
    })
  }

  #seal(key: Buffer, what: Sealed, values: readonly SealedValue[]): Buffer {
    return createHmac('sha256', key)
      .update(JSON.stringify([what, ...values.map(told)]))
      .digest()
  }
}
