interface From {
  readonly sql: string
  /** What columns can be qualified by. */
  readonly names: readonly string[]
}

/**
 * Writes queries from a tape of numbers: few names, so that much is shadowed, and masked columns in all sorts of places.
 * Names are mostly those in scope, at times those of an outer query or of nothing.
 */
export class RandomQuery {
  readonly #tape: readonly number[]
  #at = 0
  #names: readonly string[] = []

  constructor(tape: readonly number[]) {
    this.#tape = tape
  }

  #next(below: number): number {
    const value = this.#tape[this.#at++ % this.#tape.length] ?? 0
    return value % below
  }

  #pick<T>(...choices: readonly [T, ...T[]]): T {
    return choices[this.#next(choices.length)] ?? choices[0]
  }

  readonly #column = () => this.#pick('id', 'id', 'email', 'email', 'name', 'name', 'ssn', 'total')

  #table(): string {
    return this.#names[this.#next(this.#names.length + 1)] ?? this.#names[0] ?? 'customers'
  }

  #reference(): string {
    return this.#next(4) === 0 ? this.#column() : `${this.#table()}.${this.#column()}`
  }

  /** Runs `write` where only these names are in scope; outer ones are seldom used. */
  #within<T>(names: readonly string[], write: () => T): T {
    const outer = this.#names
    this.#names = this.#next(3) === 0 ? [...names, ...outer.slice(0, 1)] : names
    const result = write()
    this.#names = outer
    return result
  }

  #expression(depth: number): string {
    const inner = () => (depth > 0 ? this.#expression(depth - 1) : this.#reference())
    return this.#pick(
      () => this.#reference(),
      () => this.#reference(),
      () => `lower(${inner()}::text)`,
      () => `coalesce(${inner()}::text, 'none')`,
      () => `(${this.#table()}).${this.#column()}`,
      () => `row_to_json(${this.#table()})`,
      () => `CASE WHEN ${this.#condition(0)} THEN 1 ELSE 2 END`,
      () => this.#subquery((from) => `(SELECT ${this.#reference()} FROM ${from} ORDER BY 1 LIMIT 1)`, depth),
      () => this.#subquery((from) => `EXISTS (SELECT * FROM ${from} WHERE ${this.#condition(0)})`, depth),
      () => `count(*) OVER (PARTITION BY ${inner()})`,
      () => '1',
    )()
  }

  #subquery(write: (from: string) => string, depth: number): string {
    const from = this.#from(depth - 1)
    return this.#within(from.names, () => write(from.sql))
  }

  #condition(depth: number): string {
    return this.#pick(
      () => 'true',
      () => `${this.#table()}.id = ${this.#table()}.id`,
      () => `${this.#expression(depth)}::text = 'x'`,
      () => `${this.#reference()}::text LIKE '%a%'`,
      () => `${this.#reference()} IS NOT NULL`,
      () => this.#subquery((from) => `1 IN (SELECT ${this.#table()}.id FROM ${from})`, depth),
    )()
  }

  #simple(): From {
    const table = this.#pick('customers', 'customers', 'customers', 'staging', 'orders', 't', 's')
    const [alias, name] = this.#pick<[string, string]>(
      ...([
        ['', table],
        ['', table],
        [' c', 'c'],
        [' s', 's'],
        [' t', 't'],
      ] as const satisfies [string, string][]),
      [' AS c(id, email, name)', 'c'],
      [' AS t(email, id)', 't'],
      [' customers', 'customers'],
    )
    return { sql: table + alias, names: [name] }
  }

  #from(depth: number): From {
    if (depth <= 0) return this.#simple()
    const left = this.#from(depth - 1)
    const right = this.#simple()
    const names = [...left.names, ...right.names]
    const lateral = (inner: string): From => ({ sql: `${left.sql}, LATERAL (${inner}) x`, names: [...left.names, 'x'] })
    return this.#pick<() => From>(
      () => left,
      () => right,
      () => {
        const [alias, name] = this.#pick<[string, string]>(
          [' s', 's'],
          [' customers', 'customers'],
          [' AS t(email, id)', 't'],
          [' AS s(id)', 's'],
        )
        return { sql: `(${this.#within([], () => this.#select(depth - 1))})${alias}`, names: [name] }
      },
      () => ({
        sql: `${left.sql} ${this.#pick('', 'LEFT ', 'FULL ')}JOIN ${right.sql} ON ${this.#within(names, () => this.#condition(0))}`,
        names,
      }),
      () => ({
        sql: `${left.sql} ${this.#pick('', 'LEFT ', 'FULL ')}JOIN ${right.sql} USING (${this.#column()})`,
        names,
      }),
      () => ({ sql: `${left.sql} NATURAL JOIN ${right.sql}`, names }),
      () => ({
        sql: `(${left.sql} CROSS JOIN ${right.sql}) AS t${this.#pick('', '(email)', '(id, name, id2, email)')}`,
        names: ['t'],
      }),
      () => ({ sql: `${left.sql}, ${right.sql}`, names }),
      () => this.#within(left.names, () => lateral(this.#select(depth - 1))),
      () => this.#within(left.names, () => lateral(`SELECT ${this.#table()}.*`)),
      () => this.#within(left.names, () => lateral(`SELECT ${this.#reference()} AS ${this.#column()}`)),
      () =>
        this.#within(left.names, () => ({
          sql: `${left.sql}, unnest(ARRAY[${this.#reference()}::text]) AS email`,
          names: left.names,
        })),
    )()
  }

  #target(depth: number): string {
    return this.#pick(
      () => '*',
      () => `${this.#table()}.*`,
      () => this.#reference(),
      () => `${this.#reference()} AS ${this.#column()}`,
      () => `${this.#reference()} AS ${this.#column()}`,
      () => `${this.#expression(depth)} AS ${this.#column()}`,
      () => this.#expression(depth),
    )()
  }

  #select(depth: number): string {
    const from = this.#from(depth)
    return this.#within(from.names, () => {
      const targets = Array.from({ length: 1 + this.#next(3) }, () => this.#target(depth - 1)).join(', ')
      const body = `SELECT ${this.#pick('', '', '', '', '', 'DISTINCT ', 'DISTINCT ON (1) ')}${targets} FROM ${from.sql}`
      const where = this.#next(3) > 1 ? ` WHERE ${this.#condition(depth - 1)}` : ''
      const key = () => this.#pick('1', '2', this.#reference(), this.#expression(0))
      return body + where + (this.#next(4) === 0 ? ` ORDER BY ${key()}` : '')
    })
  }

  #change(target: string, write: () => string): string {
    return this.#within([target], write)
  }

  query(): string {
    const select = () => this.#select(this.#next(4))
    const cte = () => this.#pick('t', 's', 'customers')
    return this.#pick(
      select,
      select,
      select,
      () => `WITH ${cte()} AS (${select()}) ${select()}`,
      () => `WITH t AS (${select()}), ${this.#pick('s', 'customers')}(${this.#column()}) AS (${select()}) ${select()}`,
      () =>
        `WITH RECURSIVE s AS (${select()}), t AS (SELECT * FROM s UNION ALL SELECT * FROM t WHERE false) ${select()}`,
      () => `(${select()}) ${this.#pick('UNION ALL', 'EXCEPT')} (${select()})`,
      () =>
        this.#change(
          'customers',
          () =>
            `WITH t AS (UPDATE customers SET name = ${this.#expression(0)}::text RETURNING ${this.#target(0)}) ${select()}`,
        ),
      () =>
        this.#change(
          'staging',
          () => `INSERT INTO staging (id, ${this.#pick('email', 'name')}) ${select()} RETURNING ${this.#target(0)}`,
        ),
      () =>
        this.#change(
          'customers',
          () =>
            `DELETE FROM customers ${this.#pick('', 'USING staging s ')}WHERE ${this.#condition(0)} RETURNING ${this.#target(0)}`,
        ),
    )()
  }
}
