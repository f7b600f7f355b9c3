import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** Names whose numbers are remembered. */
const mostNames = 2000

/** Runs the few statements that write an index, each prepared once, and remembers the numbers of names. */
export class Prepared {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #ids = new Map<string, number>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  run(sql: string, ...parameters: SQLInputValue[]) {
    return this.#prepare(sql).run(...parameters)
  }

  get<T>(sql: string, ...parameters: SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...parameters) as T | undefined
  }

  all<T>(sql: string, ...parameters: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...parameters) as T[]
  }

  /** In one transaction: all of it or nothing. */
  transaction(work: () => void): void {
    this.#database.exec('begin')
    try {
      work()
      this.#database.exec('commit')
    } catch (error) {
      // Numbers that were given meanwhile are nobody's now.
      this.#ids.clear()
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }

  /** What a name has as its number. @param find gives it where it isn't remembered */
  id(name: string, find: () => number): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const id = find()
    if (this.#ids.size >= mostNames) this.#ids.clear()
    this.#ids.set(name, id)
    return id
  }

  forget(name: string): void {
    this.#ids.delete(name)
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
