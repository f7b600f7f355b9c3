import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../../policy/config/schema.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import { pathIn } from '../host/layout.js'
import { freeSpace } from '../host/space.js'

export interface Expiry {
  readonly certificate: 'gateway' | 'authority' | 'client' | 'database'
  /** '' where it is the gateway's own. */
  readonly connection: string
  readonly until: Date
}

/** What a gateway has on its host, looked at when somebody asks. What can't be read is left out; others say so. */
export interface HostFacts {
  free(): Promise<readonly { readonly of: 'recordings' | 'store'; readonly bytes: number }[]>
  certificates(): Promise<readonly Expiry[]>
  keys(): Promise<readonly { readonly key: 'signing' | 'masking'; readonly written: Date }[]>
}

export interface HostFactsOptions {
  /** In force now. */
  readonly config: () => Config
  /** Reads a secret of it. @throws {HoopError} SECRET_MISSING */
  readonly secret: (spec: SecretSpec) => Promise<string>
  /** Of the certificate that clients see. */
  readonly until: () => Date
  /** Paths. */
  readonly keys: { readonly signing: string; readonly masking: string }
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** When the last of the file's certificates ends. */
const lastExpiry = async (path: string): Promise<Date> => {
  const ends = [...(await readFile(path, 'latin1')).matchAll(pem)].map(
    ([text]) => +new X509Certificate(text).validToDate,
  )
  return new Date(Math.max(...ends))
}

/** When the file's first certificate ends, which is the one that is shown. */
const firstExpiry = async (path: string): Promise<Date> => new X509Certificate(await readFile(path)).validToDate

/** Those of the facts that can be had. */
const had = async <T>(facts: Iterable<Promise<T>>): Promise<T[]> =>
  (await Promise.allSettled(facts)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))

/** The one that ends first, of all that a connection shows as somebody or other; none where it has none that can be read. */
const soonest = async (ends: readonly Promise<Date>[]): Promise<Date> => {
  const dates = await had(ends)
  if (dates.length === 0) throw new Error('there is none')
  return new Date(Math.min(...dates.map(Number)))
}

export const hostFacts = ({ config, secret, until, keys }: HostFactsOptions): HostFacts => ({
  free: () => {
    const { recordings, store } = config().gateway
    const own = async (of: 'recordings' | 'store', folder: string) => ({ of, bytes: await freeSpace(folder) })
    // Of the disk of a server only that knows.
    const folder = store.kind === 'sqlite' ? [own('store', dirname(store.path))] : []
    return had([own('recordings', pathIn(recordings)), ...folder])
  },
  certificates: () => {
    const { gateway, connections } = config()
    const of = async (certificate: Expiry['certificate'], connection: string, end: Promise<Date>): Promise<Expiry> => ({
      ...{ certificate, connection, until: await end },
    })
    return had([
      of('gateway', '', Promise.resolve(until())),
      ...(gateway.tls.ca ? [of('authority', '', lastExpiry(gateway.tls.ca))] : []),
      ...Object.entries(connections).flatMap(([name, { url, client_certificate: bundle, access }]) => [
        of(
          'client',
          name,
          soonest([
            ...(url.sslcert ? [firstExpiry(url.sslcert)] : []),
            // A secret holds a certificate, its chain and its key.
            ...[bundle, ...access.map(({ login }) => login?.client_certificate)].flatMap((spec) =>
              spec ? [secret(spec).then((text) => new X509Certificate(text).validToDate)] : [],
            ),
          ]),
        ),
        ...(url.sslrootcert ? [of('database', name, lastExpiry(url.sslrootcert))] : []),
      ]),
    ])
  },
  keys: () =>
    had(
      Object.entries(keys).map(async ([key, path]) => ({
        key: key as keyof typeof keys,
        written: (await stat(path)).mtime,
      })),
    ),
})
