/** The part of pg's login that its own types leave out; both files are in its exports. */
declare module 'pg/lib/crypto/sasl.js' {
  import type { TLSSocket } from 'node:tls'

  export interface ScramSession {
    readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS'
    /** What to send next. */
    readonly response: string
  }
  /** @param stream where the exchange may be bound to the server's certificate */
  export function startSession(
    mechanisms: readonly string[],
    stream: TLSSocket | undefined,
    maxIterations: number,
  ): ScramSession
  export function continueSession(
    session: ScramSession,
    password: string,
    challenge: string,
    stream: TLSSocket | undefined,
  ): Promise<void>
  export function finalizeSession(session: ScramSession, proof: string): void
}

declare module 'pg/lib/crypto/cert-signatures.js' {
  export function signatureAlgorithmHashFromCertificate(der: Buffer): string
}
