/**
 * The session's search_path, where it is not the one that the database gives everybody: names without a schema then mean
 * something else than an approver thinks. Servers from PostgreSQL 18 on report it.
 */
export class SearchPath {
  readonly #usual: string | undefined
  #now: string | undefined

  /**
   * @param reported by the server at login
   * @param own what the client asked for when it connected
   * @param isUsual false: the login is another one than the connection's, or the session goes on as a role, so that either may
   * have a path of its own, and is what `$user` means
   */
  constructor(reported?: string, own?: string, isUsual = true) {
    this.#usual = own === undefined && isUsual ? reported : undefined
    this.#now = reported ?? own
  }

  /** A setting of the server has a new value. */
  report(name: string, value: string): void {
    if (name === 'search_path') this.#now = value
  }

  /** Undefined where it is the usual one, or not known. */
  get other(): string | undefined {
    return this.#now === this.#usual ? undefined : this.#now
  }
}
