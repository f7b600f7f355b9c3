import { contentHash } from '../../policy/config/canonical.js'
import type { LoadedConfig } from '../../policy/config/load.js'

/** The same for two configurations in which a connection, who may use it, and the policies used there are the same. */
export const termsKey = (loaded: LoadedConfig, connection: string): string => {
  const { connections, policies } = loaded.config
  const used = new Set(connections[connection]?.access.map(({ policy }) => policy))
  const hashes = [...used].toSorted().map((name) => [name, policies[name] ? loaded.policyHash(name) : ''])
  return contentHash([connections[connection], hashes])
}
