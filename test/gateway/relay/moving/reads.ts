import { send, type WireClient } from '../wire-client.js'

/** What is read: harmless in the beginning, and derived where an origin alone would tell that it isn't any more. */
export const targets = [
  'SELECT id, x FROM v ORDER BY id',
  `SELECT id, x || '' FROM v ORDER BY id`,
  'SELECT * FROM vv ORDER BY id',
  `SELECT id, upper(x) FROM vv ORDER BY id`,
  `SELECT id, x || '' FROM w ORDER BY id`,
  `SELECT id, x || '' FROM public.w ORDER BY id`,
  `SELECT id, x || '' FROM plain ORDER BY id`,
  'SELECT * FROM plain ORDER BY id',
  `SELECT id, name || '' FROM people ORDER BY id`,
  'SELECT * FROM people ORDER BY id',
  `SELECT p.id, q.x || '', p.name || '' FROM people p JOIN plain q USING (id) ORDER BY 1`,
  `SELECT id, ssn || '' FROM base ORDER BY id`,
  `SELECT id, ssn || '' FROM over_base ORDER BY id`,
  `SELECT id, ssn || '' FROM ward ORDER BY id`,
  `SELECT id, reverse(ssn) FROM bed ORDER BY id`,
  'SELECT id, f(id) FROM next_plain ORDER BY id',
  'SELECT id, g(id) FROM next_plain ORDER BY id',
  'SELECT id, id ### 2 FROM next_plain ORDER BY id',
  `SELECT id, ('(a,b)'::text::boxed).a FROM next_plain ORDER BY id`,
  `SELECT id, code || '', mood, (box).a || '' FROM things ORDER BY id`,
  `SELECT id, 'c'::code, x FROM next_plain ORDER BY id`,
] as const

/** Those that write, and return what they wrote. */
export const writes = [
  `INSERT INTO plain (id, x) VALUES (100, 'new') RETURNING id, x`,
  `UPDATE plain SET x = x || '' WHERE id = 1 RETURNING id, x || ''`,
  `WITH n AS (UPDATE plain SET x = x WHERE id = 2 RETURNING id, x) SELECT id, upper(x) FROM n`,
] as const

export const statements: readonly string[] = [...targets, ...writes]

/** Prepares everything, so that it was long ago. */
export const prepareAll = async (client: WireClient): Promise<void> => {
  for (const [i, sql] of statements.entries()) {
    await client.ask(send.close('S', `old_${i}`), send.parse(sql, `old_${i}`), send.sync())
    await client.ask(send.query(`PREPARE sql_${i} AS ${sql}`))
  }
}
