import type { Server } from 'node:tls'
import type { Logger } from 'pino'
import { expiryConcern, loadServerCertificate, type ServerCertificate } from '../../host/server-certificate.js'

/** How often a running gateway looks whether its certificate is about to end, milliseconds. */
const lookEvery = 12 * 3_600_000

export interface CertificateInForce extends Disposable {
  readonly current: ServerCertificate
  /** Gives the server the files' new content. Never throws: what is in force stays where they are no good. */
  reload(server: Pick<Server, 'setSecureContext'>): void
}

/**
 * The gateway's certificate. An expired one is no reason not to start, since it is replaced without a restart; it is said
 * at start, at each replacement and twice a day.
 * @throws {HoopError} CONFIG_INVALID where there is none that can be used
 */
export const openCertificate = (
  paths: { readonly cert: string; readonly key: string },
  log: Logger,
): CertificateInForce => {
  let current = loadServerCertificate(paths)
  const look = (): void => {
    const concern = expiryConcern(current.facts)
    if (concern) log[concern.expired ? 'error' : 'warn']({ file: paths.cert }, concern.what)
  }
  look()
  const timer = setInterval(look, lookEvery).unref()
  return {
    get current() {
      return current
    },
    reload: (server) => {
      try {
        const loaded = loadServerCertificate(paths)
        server.setSecureContext({ ...loaded.context, minVersion: 'TLSv1.2' })
        current = loaded
        log.info({ until: loaded.facts.until }, 'new certificate in force')
        look()
      } catch (error) {
        // Certificate and key are replaced one after the other: the second one sets it right.
        log.warn({ err: error }, 'the certificate that was in force stays in force')
      }
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
