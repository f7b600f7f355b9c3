import { readFileSync } from 'node:fs'

/** One thing that somebody does: `dba` directly on the server, `user` through the gateway. */
export interface Step {
  readonly as: 'dba' | 'user'
  readonly sql?: string
  /** Sent in one packet, in the extended protocol, with a Flush and no Sync. */
  readonly pipeline?: readonly string[]
  /** A statement that SQL has prepared is bound by the protocol. */
  readonly bind?: { readonly name: string; readonly values: readonly string[] }
  /**
   * What the user gets: `answered`, `refused` by hoop, an SQLSTATE of the server's, or `any` of these. By default any,
   * where the probe says what must never be seen, and `answered` otherwise.
   */
  readonly expect?: string
  /** What an error or notice that the user gets has to match, hints included. */
  readonly says?: string
}

export interface Probe {
  readonly id: string
  /** One of `policies.ts`. */
  readonly policy: string
  readonly rules?: readonly object[]
  readonly packs?: readonly string[]
  /** What the database has beyond the seed, before the gateway sees it. */
  readonly before?: string
  readonly steps: readonly Step[]
  /** What no byte that the user gets, and no line of the recording, may match. */
  readonly never?: string
  /** Its embeddings are vectors: it needs a server that has pgvector. */
  readonly vectors?: true
  /** It can be sent in this way only. */
  readonly only?: string
}

/** The probes of one file, each of which was a way through, or ordinary work that was refused. */
export const readProbes = (file: string): Probe[] =>
  JSON.parse(readFileSync(new URL(`${file}.json`, import.meta.url), 'utf8')) as Probe[]
