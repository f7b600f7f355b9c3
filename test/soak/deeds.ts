import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { to } from 'pg-copy-streams'
import { expect } from 'vitest'

/** What the deeds need of the database. */
export const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text, ssn text);
  INSERT INTO customers
    SELECT n, 'Customer ' || n, 'customer.' || n || '@example.com', 'secret-' || n FROM generate_series(1, 1000) n;
  CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, body text);
`

/** And of the policy. */
export const policy = {
  masks: [
    { columns: ['public.customers.email'], with: 'email' },
    { columns: ['public.customers.ssn'], with: 'redact' },
    { detect: ['credit_card'], with: 'redact' },
  ],
  rules: [
    { name: 'no-drop', when: { statement: ['drop'] }, do: 'block' },
    { name: 'asked', when: { statement: ['delete'] }, do: 'approve', approvers: { groups: ['security'] } },
  ],
  budgets: { statement: { rows: 2000 } },
}

export type Deed = (client: Client, config: ClientConfig) => Promise<void>

const random = (below: number): number => Math.floor(Math.random() * below)
const refusal = (code: string, message: string) => ({ code, message: expect.stringContaining(message) as string })

/** Whether the way to the database was cut while somebody came: what has not begun can't go on. */
const isOnTheWay = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return /^(08|57P|58030)/.test(code) || /terminated unexpectedly|ECONNRESET/.test(`${code} ${message}`)
}

/** Comes again where a fault met them on their way in. */
export const open = async (config: ClientConfig, tries = 10): Promise<Client> => {
  const client = new Client(config)
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    if (tries === 0 || !isOnTheWay(error)) throw error
    await sleep(500)
    return open(config, tries - 1)
  }
  return client
}

/** What people and programs do all day, each with what it must bring. */
export const deeds: Readonly<Record<string, Deed>> = {
  'reads masked rows': async (client) => {
    const { rows } = await client.query('SELECT id, email, ssn FROM customers ORDER BY id LIMIT 50')
    expect(rows[7]).toEqual({ id: 8, email: 'c***@e***.com', ssn: '********' })
  },
  'reads by a statement prepared earlier': async (client) => {
    const id = 1 + random(1000)
    const text = 'SELECT name, ssn FROM customers WHERE id = $1'
    const { rows } = await client.query({ name: 'one', text, values: [id] })
    expect(rows).toEqual([{ name: `Customer ${id}`, ssn: '********' }])
  },
  'sends a text that nobody has sent before': async (client) => {
    const n = random(2 ** 30)
    const { rows } = await client.query(`SELECT ${n} AS n, count(*)::int AS c FROM customers WHERE id > ${n}`)
    expect(rows).toEqual([{ n, c: n < 1000 ? 1000 - n : 0 }])
  },
  'reads up to its budget and goes on': async (client) => {
    await expect(client.query('SELECT generate_series(1, 100000)')).rejects.toMatchObject(refusal('53400', 'budget'))
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  },
  'is refused and goes on': async (client) => {
    await expect(client.query('DROP TABLE customers')).rejects.toMatchObject(refusal('42501', 'forbids'))
  },
  'copies masked rows': async (client) => {
    let text = ''
    for await (const chunk of client.query(to('COPY (SELECT ssn FROM customers LIMIT 3) TO STDOUT')))
      text += String(chunk)
    expect(text).toBe('********\n'.repeat(3))
  },
  'makes a mistake in a transaction': async (client) => {
    await client.query('BEGIN')
    await client.query(`INSERT INTO notes (body) VALUES ('never')`)
    await expect(client.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' })
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' })
    await client.query('ROLLBACK')
  },
  writes: async (client) => {
    await client.query('INSERT INTO notes (body) VALUES ($1)', ['x'.repeat(random(2000))])
  },
  'reads a large value': async (client) => {
    const { rows } = await client.query<{ x: string }>(`SELECT repeat('y', 1000000) AS x`)
    expect(rows[0]?.x).toHaveLength(1_000_000)
  },
  'comes and goes': async (_, config) => {
    const client = await open(config)
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
  },
  'is cut off in the middle of a result': async (_, config) => {
    const client = await open(config)
    const answer = client.query(`SELECT repeat('z', 10000), pg_sleep(0.01) FROM generate_series(1, 1000)`)
    setTimeout(
      () => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
      50,
    )
    await expect(answer).rejects.toThrow()
  },
  'waits for an approval, and leaves': async (_, config) => {
    const client = await open(config)
    const told = new Promise((resolve) => client.once('notice', resolve))
    const answer = client.query('DELETE FROM customers WHERE id = 1')
    answer.catch(() => undefined)
    await told
    await client.end()
    await expect(answer).rejects.toThrow()
  },
}
