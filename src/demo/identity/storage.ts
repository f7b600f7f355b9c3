import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Entry {
  readonly payload: AdapterPayload
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** What the provider keeps: everything in memory, gone with it. Entries expire when they are looked at. */
export class Storage {
  readonly #entries = new Map<string, Entry>()

  /** oidc-provider's AdapterFactory. */
  readonly adapter = (model: string): Adapter => {
    const key = (id: string) => `${model}:${id}`
    const find = (id: string): AdapterPayload | undefined => {
      const entry = this.#entries.get(key(id))
      if (!entry || entry.expires > Date.now()) return entry?.payload
      this.#entries.delete(key(id))
      return undefined
    }
    const findBy = (field: 'userCode' | 'uid', value: string) => {
      for (const [name, { payload }] of this.#entries) {
        if (name.startsWith(`${model}:`) && payload[field] === value) return find(name.slice(model.length + 1))
      }
      return undefined
    }
    return {
      upsert: async (id, payload, expiresIn) => {
        this.#entries.set(key(id), { payload, expires: expiresIn ? Date.now() + expiresIn * 1000 : Infinity })
      },
      find: async (id) => find(id),
      findByUserCode: async (code) => findBy('userCode', code),
      findByUid: async (uid) => findBy('uid', uid),
      consume: async (id) => {
        const payload = find(id)
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => void this.#entries.delete(key(id)),
      revokeByGrantId: async (grant) => {
        for (const [name, { payload }] of this.#entries) {
          if (name.startsWith(`${model}:`) && payload.grantId === grant) this.#entries.delete(name)
        }
      },
    }
  }
}
