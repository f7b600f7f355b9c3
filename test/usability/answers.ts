import type { Client, QueryArrayResult, types } from 'pg'

/** An answer as it came, values in text. */
export type Answer = QueryArrayResult<(string | null)[]>

const raw = { getTypeParser: () => (value: unknown) => value } as unknown as typeof types

export const answerOf = (client: Client, text: string): Promise<Answer> =>
  client.query<(string | null)[]>({ text, rowMode: 'array', types: raw })

export const columnsOf = ({ fields }: Answer): readonly string[] => fields.map(({ name }) => name)

/** Numbers of the columns in which two answers differ; of all of them where their rows can't be told to be the same. */
export const differing = (one: Answer, other: Answer): ReadonlySet<number> => {
  const all = one.fields.map((_, at) => at)
  if (one.rows.length !== other.rows.length) return new Set(all)
  return new Set(all.filter((at) => one.rows.some((row, index) => row[at] !== other.rows[index]![at])))
}

/** Other values in every column that the stage's policy masks, of which those are equal that were. */
const otherValues = `
  UPDATE customer SET c_name = left(md5(c_name), 25), c_address = md5(c_address), c_phone = left(md5(c_phone), 15), c_acctbal = 13 - c_acctbal * 3;
  UPDATE supplier SET s_name = left(md5(s_name), 25), s_address = md5(s_address), s_phone = left(md5(s_phone), 15), s_acctbal = 13 - s_acctbal * 3`

/** What is answered while masked values are others. */
export const changeMasked = async <T>(owner: Client, run: () => Promise<T>): Promise<T> => {
  await owner.query('BEGIN')
  try {
    await owner.query(otherValues)
    return await run()
  } finally {
    await owner.query('ROLLBACK')
  }
}
