import type { ConnectFeed, ConnectRow } from '../views/connect.js'

/** The mutable picture behind the live view of `hoop connect`. */
export class ConnectPicture implements ConnectFeed {
  readonly person: string
  readonly gateway: string
  readonly #rows = new Map<string, ConnectRow>()
  readonly #watchers = new Set<() => void>()

  constructor(person: string, gateway: string) {
    this.person = person
    this.gateway = gateway
  }

  rows(): readonly ConnectRow[] {
    return [...this.#rows.values()]
  }

  subscribe(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => void this.#watchers.delete(changed)
  }

  add(name: string, dsn: string, expiresAt: Date): void {
    const counters = { open: 0, statements: 0, rows: 0, masked: 0, refused: 0 }
    const lists = { recent: [], waiting: [], lastRefusal: undefined, problem: undefined }
    this.#rows.set(name, { name, dsn, expiresAt, ...counters, ...lists })
  }

  update(name: string, change: Partial<ConnectRow>): void {
    const row = this.#rows.get(name)
    if (row) this.#rows.set(name, { ...row, ...change })
    for (const changed of this.#watchers) changed()
  }
}
