import { resolve } from 'node:path'
import type { Config, ConnectionConfig } from './schema.js'
import type { ClientTls, EventTargetConfig } from './sections/events.js'
import type { SecretSpec } from './sections/secret.js'
import type { StoreConfig } from './sections/store.js'
import type { UpstreamUrl } from './sections/upstream-url.js'

const behindScheme = (folder: string, text: string): string => {
  const [, scheme = '', path = ''] = /^(file:)(.*)$/s.exec(text) ?? []
  return scheme ? scheme + resolve(folder, path) : text
}

/** A program is looked for in PATH where its name has no slash. */
const ofSecret = (folder: string, spec: SecretSpec): SecretSpec => {
  if ('file' in spec) return { ...spec, file: resolve(folder, spec.file) }
  if (!('exec' in spec)) return spec
  const [program, ...given] = spec.exec
  return { ...spec, exec: [/[\\/]/.test(program) ? resolve(folder, program) : program, ...given] }
}

/** What has secrets: a connection, or a login of an entry's own. */
const withSecrets = <T extends Pick<ConnectionConfig, 'password' | 'client_certificate'>>(
  folder: string,
  of: T,
): T => ({
  ...of,
  ...(of.password && { password: ofSecret(folder, of.password) }),
  ...(of.client_certificate && { client_certificate: ofSecret(folder, of.client_certificate) }),
})

const ofConnection = (folder: string, connection: ConnectionConfig): ConnectionConfig => {
  return {
    ...withSecrets(folder, connection),
    access: connection.access.map((entry) =>
      entry.login ? { ...entry, login: withSecrets(folder, entry.login) } : entry,
    ),
    url: ofUrl(folder, connection.url),
  }
}

const ofUrl = <T extends UpstreamUrl>(folder: string, url: T): T => {
  const { sslrootcert, sslcert, sslkey } = url
  return {
    ...url,
    ...(sslrootcert && { sslrootcert: resolve(folder, sslrootcert) }),
    ...(sslcert && { sslcert: resolve(folder, sslcert) }),
    ...(sslkey && { sslkey: resolve(folder, sslkey) }),
  }
}

const ofStore = (folder: string, store: StoreConfig): StoreConfig =>
  store.kind === 'sqlite'
    ? { ...store, path: resolve(folder, store.path) }
    : { ...store, url: ofUrl(folder, store.url) }

const ofEventTarget = (folder: string, target: EventTargetConfig): EventTargetConfig => {
  const { file, syslog, webhook } = target
  const paths = ({ ca, cert, key }: ClientTls): ClientTls => ({
    ...(ca !== undefined && { ca: resolve(folder, ca) }),
    ...(cert !== undefined && { cert: resolve(folder, cert) }),
    ...(key !== undefined && { key: resolve(folder, key) }),
  })
  return {
    ...target,
    ...(file !== undefined && { file: resolve(folder, file) }),
    ...(syslog && { syslog: { ...syslog, ...paths(syslog) } }),
    ...(webhook && {
      webhook: {
        ...webhook,
        ...paths(webhook),
        url: typeof webhook.url === 'string' ? webhook.url : ofSecret(folder, webhook.url),
        ...(webhook.secret !== undefined && { secret: ofSecret(folder, webhook.secret) }),
      },
    }),
  }
}

/** The same configuration with every relative path resolved against the file's folder. */
export const resolvePaths = (config: Config, folder: string): Config => {
  const { tls, store, recordings, ledger, webhooks, events } = config.gateway
  const { store_password: password, store_certificate: certificate } = config.gateway
  const { scim, web } = config.identity
  return {
    ...config,
    gateway: {
      ...config.gateway,
      tls: {
        cert: resolve(folder, tls.cert),
        key: resolve(folder, tls.key),
        ...(tls.ca && { ca: resolve(folder, tls.ca) }),
      },
      store: ofStore(folder, store),
      ...(password && { store_password: ofSecret(folder, password) }),
      ...(certificate && { store_certificate: ofSecret(folder, certificate) }),
      recordings: behindScheme(folder, recordings),
      ledger: {
        ...ledger,
        ...(ledger.folder !== undefined && { folder: behindScheme(folder, ledger.folder) }),
        copies: ledger.copies.map((copy) => behindScheme(folder, copy)),
      },
      webhooks: webhooks.map(({ url, secret, events }) => ({
        url: typeof url === 'string' ? url : ofSecret(folder, url),
        ...(secret !== undefined && { secret: ofSecret(folder, secret) }),
        events,
      })),
      events: events.map((target) => ofEventTarget(folder, target)),
    },
    identity: {
      ...config.identity,
      ...(scim && { scim: { ...scim, token: ofSecret(folder, scim.token) } }),
      ...(web?.client_secret && { web: { ...web, client_secret: ofSecret(folder, web.client_secret) } }),
      workloads: Object.fromEntries(
        Object.entries(config.identity.workloads).map(([name, trust]) => [
          name,
          { ...trust, ...(trust.jwks !== undefined && { jwks: behindScheme(folder, trust.jwks) }) },
        ]),
      ),
    },
    connections: Object.fromEntries(
      Object.entries(config.connections).map(([name, connection]) => [name, ofConnection(folder, connection)]),
    ),
  }
}
