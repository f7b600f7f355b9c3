import { createHash } from 'node:crypto'
import type { Prepared } from './prepared.ts'

/** Numbers that stand for texts, names and the columns of results, each kept once. */
export class Names {
  readonly #prepared: Prepared

  constructor(prepared: Prepared) {
    this.#prepared = prepared
  }

  relation(name: string): number {
    return this.#prepared.id(`table ${name}`, () => {
      this.#prepared.run('insert into relations (name) values (?) on conflict do nothing', name)
      return this.#only('select id from relations where name = ?', name)
    })
  }

  /** @param name `schema.table.column` */
  column(name: string): number {
    return this.#prepared.id(`column ${name}`, () => {
      const relation = this.relation(tableOf(name))
      this.#prepared.run('insert into columns (name, relation) values (?, ?) on conflict do nothing', name, relation)
      return this.#only('select id from columns where name = ?', name)
    })
  }

  /** @param columns JSON */
  shape(columns: string): number {
    return this.#prepared.id(`shape ${columns}`, () => {
      this.#prepared.run('insert into shapes (columns) values (?) on conflict do nothing', columns)
      return this.#only('select id from shapes where columns = ?', columns)
    })
  }

  text(text: string): number {
    return this.#prepared.id(`text ${text}`, () => {
      // As many bits as a JavaScript number holds; a text that another has the number of gets the next.
      const first = createHash('sha256').update(text).digest().readUIntBE(0, 6)
      for (let hash = first; ; hash++) {
        this.#prepared.run('insert into texts (hash, text) values (?, ?) on conflict do nothing', hash, text)
        const select = 'select id, text from texts where hash = ?'
        const found = this.#prepared.get<{ id: number; text: string }>(select, hash)
        if (found?.text === text) return found.id
      }
    })
  }

  #only(select: string, name: string): number {
    return this.#prepared.get<{ id: number }>(select, name)!.id
  }
}

export const tableOf = (column: string): string => column.slice(0, column.lastIndexOf('.'))
