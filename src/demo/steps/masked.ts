import { customers } from '../database/people.js'
import { documents } from '../database/documents.js'
import { counts } from '../database/seed.js'
import { expect, type Scene } from '../scene.js'

const shown = 3

export const readsMasked = async (scene: Scene): Promise<void> => {
  const sql = `SELECT id, name, email, phone, ssn, card FROM customers ORDER BY id LIMIT ${shown}`
  const { stdout } = await scene.hoop('casey', ['exec', 'vectordb', sql])
  for (const { name, email, phone, ssn, card } of customers(shown)) {
    expect(stdout.includes(name), 'the names, which nobody masked')
    for (const secret of [email, phone, ssn, card])
      expect(!stdout.includes(secret), 'no e-mail, phone, SSN or card in the clear')
    expect(stdout.includes(ssn.slice(-4)), 'the last four digits, which the mask keeps')
  }
}

export const readsMaskedVector = async (scene: Scene): Promise<void> => {
  const sql = 'SELECT title, embedding FROM documents WHERE id = 1 LIMIT 1'
  const { stdout } = await scene.hoop('casey', ['exec', 'vectordb', sql])
  const [first] = documents(1, counts.customers)
  expect(first !== undefined && stdout.includes(first.title), 'the title of the note')
  const values = /\[(.*)\]/.exec(stdout)?.[1]?.split(',').map(Number) ?? []
  expect(values.length === first?.embedding.length, 'a vector of the same dimensions')
  const same = values.filter((value, at) => Math.abs(value - (first?.embedding[at] ?? 0)) < 1e-4).length
  expect(same < values.length / 2, 'a vector that is not the real one')
}
