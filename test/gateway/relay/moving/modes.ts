import { send } from '../wire-client.js'
import { copied, copy, executed, inTurn, itself, middle, type Mode, query } from './mode.js'

const one = executed('', 'SELECT 1')
const two = executed('', 'SELECT 2')

const simple: readonly Mode[] = [
  { name: 'a simple query', texts: itself, run: query },
  {
    name: 'a text of several statements',
    texts: (sql) => [`SELECT 1; ${sql}; SELECT 2`],
    run: (client, sql) => query(client, `SELECT 1; ${sql}; SELECT 2`),
    rows: middle,
  },
  {
    name: 'two simple queries sent at once',
    texts: itself,
    run: async (client, sql) => {
      client.write(send.query('SELECT 1'), send.query(sql), send.query('SELECT 2'))
      return client.until(3)
    },
    rows: middle,
  },
]

const extended: readonly Mode[] = [
  {
    name: 'an extended query',
    texts: itself,
    run: (client, sql) => client.ask(...executed('', sql), send.sync()),
  },
  {
    name: 'an extended query, each message answered before the next',
    texts: itself,
    run: async (client, sql) => {
      client.write(send.parse(sql), send.flush())
      client.write(send.bind(), send.flush())
      client.write(send.describe(), send.flush())
      client.write(send.execute(), send.flush())
      return client.ask(send.sync())
    },
  },
  {
    name: 'a statement that was prepared long ago',
    texts: itself,
    run: (client, _, number) => client.ask(...executed(`old_${number}`), send.sync()),
  },
  {
    name: 'a statement that is prepared first',
    texts: itself,
    run: async (client, sql) => [
      ...(await client.ask(
        send.close('S', 'named'),
        send.parse(sql, 'named'),
        send.describe('S', 'named'),
        send.sync(),
      )),
      ...(await client.ask(...executed('named'), send.sync())),
    ],
  },
  {
    name: 'binary',
    texts: itself,
    run: (client, sql) => client.ask(send.parse(sql), send.bind([], { results: [1] }), send.execute(), send.sync()),
    rows: () => [],
  },
  {
    name: 'a pipeline',
    texts: itself,
    run: (client, sql) => client.ask(...one, ...executed('', sql), ...two, send.sync()),
    rows: middle,
  },
  {
    name: 'a pipeline of several Syncs',
    texts: itself,
    run: async (client, sql) => {
      client.write(...one, send.sync(), ...executed('', sql), send.sync(), ...two, send.sync())
      return client.until(3)
    },
    rows: middle,
  },
  {
    name: 'a portal in pieces, in one pipeline',
    texts: itself,
    reads: true,
    run: (client, sql) =>
      client.ask(
        ...[send.parse(sql), send.bind([], { portal: 'pieces' }), send.execute('pieces', 1), send.execute('pieces', 1)],
        ...[send.execute('pieces'), send.sync()],
      ),
  },
  {
    name: 'a portal in pieces, each with its Sync',
    texts: itself,
    reads: true,
    inside: true,
    run: async (client, sql) => [
      ...(await client.ask(
        send.close('P', 'pieces'),
        send.parse(sql),
        send.bind([], { portal: 'pieces' }),
        send.sync(),
      )),
      ...(await client.ask(send.execute('pieces', 1), send.sync())),
      ...(await client.ask(send.execute('pieces'), send.sync())),
    ],
  },
]

let prepared = 0

const bySql: readonly Mode[] = [
  {
    name: 'PREPARE and EXECUTE',
    unheld: true,
    texts: (sql) => [`PREPARE anew AS ${sql}`],
    run: (client, sql) => {
      const name = `anew_${++prepared}`
      return inTurn(client, [`PREPARE ${name} AS ${sql}`, `EXECUTE ${name}`])
    },
  },
  {
    name: 'EXECUTE of what was prepared long ago',
    unheld: true,
    texts: itself,
    run: (client, _, number) => query(client, `EXECUTE sql_${number}`),
  },
  {
    name: 'a Bind of what SQL prepared',
    texts: itself,
    run: (client, _, number) => client.ask(...executed(`sql_${number}`), send.sync()),
  },
  {
    name: 'a cursor',
    unheld: true,
    texts: (sql) => [`DECLARE walk CURSOR FOR ${sql}`],
    reads: true,
    inside: true,
    run: (client, sql) =>
      inTurn(client, [`DECLARE walk CURSOR FOR ${sql}`, 'FETCH 1 FROM walk', 'FETCH ALL FROM walk', 'CLOSE walk']),
  },
  {
    name: 'a cursor that outlives its transaction',
    unheld: true,
    texts: (sql) => [`DECLARE hold CURSOR WITH HOLD FOR ${sql}`],
    reads: true,
    run: (client, sql) =>
      inTurn(client, [
        `DECLARE hold CURSOR WITH HOLD FOR ${sql}`,
        'FETCH 1 FROM hold',
        'FETCH ALL FROM hold',
        'CLOSE hold',
      ]),
  },
]

const utilities: readonly Mode[] = [
  {
    name: 'COPY',
    unheld: true,
    texts: (sql) => [copy(sql)],
    run: (client, sql) => query(client, copy(sql)),
    rows: copied,
  },
  {
    name: 'an extended COPY',
    unheld: true,
    texts: (sql) => [copy(sql)],
    run: (client, sql) => client.ask(send.parse(copy(sql)), send.bind(), send.execute(), send.sync()),
    rows: copied,
  },
  {
    name: 'COPY of a table',
    unheld: true,
    texts: (sql) => [tableCopied(sql)],
    run: (client, sql) => query(client, tableCopied(sql)),
    rows: () => [],
  },
  ...['CREATE TEMP TABLE taken AS', 'SELECT INTO'].map((how): Mode => {
    const text = (sql: string): string =>
      how === 'SELECT INTO' ? `SELECT q.* INTO TEMP taken FROM (${sql}) q(id, x)` : `${how} ${sql}`
    return {
      name: how,
      unheld: true,
      texts: (sql) => [text(sql)],
      reads: true,
      run: (client, sql) => inTurn(client, ['DROP TABLE IF EXISTS taken', text(sql), 'SELECT * FROM taken']),
    }
  }),
  {
    name: 'EXPLAIN ANALYZE',
    unheld: true,
    texts: (sql) => [`EXPLAIN (ANALYZE, VERBOSE) ${sql}`],
    run: (client, sql) => query(client, `EXPLAIN (ANALYZE, VERBOSE) ${sql}`),
    rows: () => [],
  },
  {
    name: 'a view of one’s own',
    unheld: true,
    texts: (sql) => [`CREATE TEMP VIEW own_view AS ${sql}`, 'SELECT * FROM own_view'],
    reads: true,
    run: (client, sql) =>
      inTurn(client, [
        'DROP VIEW IF EXISTS own_view',
        `CREATE TEMP VIEW own_view AS ${sql}`,
        'SELECT * FROM own_view',
        'DROP VIEW IF EXISTS own_view',
      ]),
  },
]

const tableCopied = (sql: string): string => `COPY ${/FROM ([\w.]+)/.exec(sql)?.[1] ?? 'plain'} TO STDOUT`

export const modes: readonly Mode[] = [...simple, ...extended, ...bySql, ...utilities]
