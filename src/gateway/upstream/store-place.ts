import type { GatewayConfig } from '../../policy/config/schema.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { Secret } from '../../policy/config/secrets/secret.js'
import type { StorePlace } from '../../store/open.js'
import { openStoreClient } from './own-client.js'
import { reach } from './target.js'

/** What of the configuration says where the store is. */
export type StoreSection = Pick<GatewayConfig, 'store' | 'store_password' | 'store_certificate'>

/** Where the configured store lies, and how to reach it. @param secret a secret that the configuration names */
export const storePlace = (section: StoreSection, secret: (spec: SecretSpec) => Secret): StorePlace => {
  const { store, store_password: password, store_certificate: certificate } = section
  if (store.kind === 'sqlite') return `sqlite:${store.path}`
  const { url } = store
  const reached = { url, ...(password && { password }), ...(certificate && { client_certificate: certificate }) }
  const hosts = [url, ...(url.others ?? [])].map(
    ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
  )
  return {
    name: `postgres://${encodeURIComponent(url.user)}@${hosts.join(',')}/${encodeURIComponent(url.database)}`,
    // Files and secrets are read anew for each connection. Of several servers, the one that takes writes has the store.
    connect: async () => openStoreClient({ ...reach(reached, secret), attributes: 'primary' }, url.database),
  }
}
