import type { DatabaseSync } from 'node:sqlite'
import type { Batch, Begun, Ended, StatementEntry, Sums } from '../entry.ts'
import { Hours, masked } from './hours.ts'
import { Names, tableOf } from './names.ts'
import { Prepared } from './prepared.ts'

interface Known {
  readonly key: number
  /** Milliseconds since 1970. */
  readonly at: number
}

const none: Sums = { rows: 0, bytes: 0, vectors: 0 }

const added = (one: Sums, other: Sums): Sums => ({
  rows: one.rows + other.rows,
  bytes: one.bytes + other.bytes,
  vectors: one.vectors + other.vectors,
})

/** Writes batches into an index of statements. */
export class Writer {
  readonly #prepared: Prepared
  readonly #names: Names
  readonly #hours = new Hours()

  constructor(database: DatabaseSync) {
    this.#prepared = new Prepared(database)
    this.#names = new Names(this.#prepared)
  }

  write({ forgotten, erased = [], sessions, statements, complete }: Batch): void {
    this.#hours.clear()
    const erasing = erased.length > 0
    if (erasing) this.#prepared.get('pragma secure_delete = on')
    this.#prepared.transaction(() => {
      if (erasing) this.#erase(erased)
      for (const id of forgotten) this.#forget(id)
      for (const { id, subject, name, owner, ownerName, connection, startedAt } of sessions)
        this.#prepared.run(
          `insert into sessions (id, subject, name, owner, owner_name, connection, started_at)
           values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
          ...[id, subject, name, owner, ownerName, connection, startedAt],
        )
      for (const entry of statements) this.#statement(entry)
      this.#hours.write(this.#prepared)
      for (const { id, problem } of complete)
        this.#prepared.run('update sessions set complete = 1, problem = ? where id = ?', problem ?? null, id)
    })
    if (!erasing) return
    this.#prepared.get('pragma secure_delete = off')
    this.#prepared.get('pragma wal_checkpoint(truncate)')
  }

  #statement({ session: id, n, begun, ended }: StatementEntry): void {
    const session = this.#session(id)
    const [first, ...more] = ended
    const { key, at } = begun ? this.#begin(session, n, begun, first) : this.#known(session, n)
    for (const name of begun?.writes ?? []) this.#touch(key, this.#names.relation(name), 1, none)
    const tables = new Map<number, Sums>()
    for (const name of begun?.reads ?? []) tables.set(this.#names.relation(name), none)
    for (const each of begun ? more : ended) this.#add(key, each)
    for (const each of ended) this.#show(session, { key, at }, each, tables)
    for (const [table, sums] of tables) {
      const isNew = this.#touch(key, table, 0, sums)
      this.#hours.add(session, -table, masked.neither, at, { ...sums, statements: isNew ? 1 : 0 })
    }
    this.#hours.add(session, 0, masked.neither, at, { ...ended.reduce(added, none), statements: begun ? 1 : 0 })
    for (const name of begun?.rules ?? [])
      this.#prepared.run(
        'insert into statement_rules (rule, statement) values (?, ?) on conflict do nothing',
        name,
        key,
      )
  }

  /** With its first result, where that is there. */
  #begin(session: number, n: number, begun: Begun, ended: Ended | undefined): Known {
    const { at, text, kinds, code, rule, approval, outcome, approvedBy } = begun
    const { lastInsertRowid } = this.#prepared.run(
      `insert into statements (session, n, at, text, kinds, verdict, code, rule, approval, outcome, approved_by,
         sqlstate, rows, bytes, vectors, masked, clear, duration, shape)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[session, n, at, this.#names.text(text), kinds.join(' '), ended?.verdict ?? begun.verdict, code ?? null],
      ...[rule ?? null, approval ?? null, outcome ?? null, approvedBy ? JSON.stringify(approvedBy) : null],
      ...[ended?.sqlstate ?? null, ended?.rows ?? 0, ended?.bytes ?? 0, ended?.vectors ?? 0, ended?.masked ?? 0],
      ...[ended?.clear ? 1 : 0, ended?.duration ?? null],
      ended?.columns === undefined ? null : this.#names.shape(ended.columns),
    )
    return { key: Number(lastInsertRowid), at }
  }

  /** Of several results, what went wrong stays. */
  #add(
    key: number,
    { verdict, sqlstate, rows, bytes, vectors, masked: hidden, clear, duration, columns }: Ended,
  ): void {
    this.#prepared.run(
      `update statements set verdict = case when verdict in ('running', 'ran') then ? else verdict end,
         sqlstate = coalesce(sqlstate, ?), rows = rows + ?, bytes = bytes + ?, vectors = vectors + ?,
         masked = masked + ?, clear = max(clear, ?), duration = max(coalesce(duration, 0), ?), shape = coalesce(?, shape)
       where key = ?`,
      ...[verdict, sqlstate ?? null, rows, bytes, vectors, hidden, clear ? 1 : 0, duration],
      ...[columns === undefined ? null : this.#names.shape(this.#beside(key, columns)), key],
    )
  }

  /** What one result showed. Its rows count once for each table. */
  #show(session: number, { key, at }: Known, ended: Ended, tables: Map<number, Sums>): void {
    const own = new Map<number, Sums>()
    for (const { column: name, masked: hidden, rows, bytes, vectors } of ended.shown) {
      const column = this.#names.column(name)
      const is = hidden ? masked.yes : masked.no
      const isNew = this.#insertOrAdd('shown (statement, column, masked', [key, column, is], { rows, bytes, vectors })
      this.#hours.add(session, column, is, at, { rows, bytes, vectors, statements: isNew ? 1 : 0 })
      const table = this.#names.relation(tableOf(name))
      const more = { rows: 0, bytes, vectors: hidden ? 0 : vectors }
      own.set(table, { ...added(own.get(table) ?? none, more), rows: ended.rows })
    }
    for (const [table, sums] of own) tables.set(table, added(tables.get(table) ?? none, sums))
  }

  /** @returns whether it is new that it does so */
  #touch(statement: number, relation: number, writes: number, sums: Sums): boolean {
    return this.#insertOrAdd('statement_tables (statement, relation, writes', [statement, relation, writes], sums)
  }

  /** @returns whether it was inserted */
  #insertOrAdd(into: string, key: readonly [number, number, number], { rows, bytes, vectors }: Sums): boolean {
    const [table = '', ...columns] = into.split(/[ (,]+/)
    const { changes } = this.#prepared.run(
      `insert into ${into}, rows, bytes, vectors) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
      ...[...key, rows, bytes, vectors],
    )
    if (changes !== 0) return true
    this.#prepared.run(
      `update ${table} set rows = rows + ?, bytes = bytes + ?, vectors = vectors + ?
       where ${columns.map((column) => `${column} = ?`).join(' and ')}`,
      ...[rows, bytes, vectors, ...key],
    )
    return false
  }

  /** Its columns, beside those of earlier results of the same text. */
  #beside(key: number, columns: string): string {
    const before = this.#prepared.get<{ columns: string }>(
      'select shapes.columns from statements join shapes on shapes.id = statements.shape where statements.key = ?',
      key,
    )
    return before && before.columns !== columns ? joined(before.columns, columns) : columns
  }

  /** @throws where it is not in the index */
  #session(id: string): number {
    return this.#prepared.id(`session ${id}`, () => {
      const found = this.#prepared.get<{ key: number }>('select key from sessions where id = ?', id)
      if (!found) throw new Error(`session ${id} is not known`)
      return found.key
    })
  }

  #known(session: number, n: number): Known {
    const found = this.#prepared.get<Known>('select key, at from statements where session = ? and n = ?', session, n)
    if (!found) throw new Error(`statement ${n} is not known`)
    return found
  }

  /** With texts that nobody else has sent, and what stands of them in the index of texts. */
  #erase(ids: readonly string[]): void {
    const texts = new Set<number>()
    for (const id of ids)
      for (const { text } of this.#prepared.all<{ text: number }>(
        'select distinct text from statements where session = (select key from sessions where id = ?)',
        id,
      ))
        texts.add(text)
    for (const id of ids) this.#forget(id)
    for (const id of texts) {
      if (this.#prepared.get('select 1 from statements where text = ? limit 1', id)) continue
      const { text } = this.#prepared.get<{ text: string }>('select text from texts where id = ?', id)!
      this.#prepared.forget(`text ${text}`)
      this.#prepared.run("insert into found (found, rowid, text) values ('delete', ?, ?)", id, text)
      this.#prepared.run('delete from texts where id = ?', id)
    }
    // What was deleted stays in segments until they are merged.
    this.#prepared.run("insert into found (found) values ('optimize')")
  }

  #forget(id: string): void {
    this.#prepared.forget(`session ${id}`)
    const found = this.#prepared.get<{ key: number }>('select key from sessions where id = ?', id)
    if (!found) return
    const own = 'select key from statements where session = ?'
    for (const table of ['statement_tables', 'shown', 'statement_rules'])
      this.#prepared.run(`delete from ${table} where statement in (${own})`, found.key)
    for (const table of ['hours', 'statements']) this.#prepared.run(`delete from ${table} where session = ?`, found.key)
    this.#prepared.run('delete from sessions where key = ?', found.key)
  }
}

const joined = (one: string, other: string): string => {
  const all = [...(JSON.parse(one) as object[]), ...(JSON.parse(other) as object[])].map((each) => JSON.stringify(each))
  return `[${[...new Set(all)].slice(0, 500).join(',')}]`
}
