/**
 * A little program as people have them: asks the database for notes near to a question, with an ordinary driver and a
 * parameter. It knows of no gateway; `hoop connect NAME -- node ask.js …` gives it PGHOST and the rest.
 */
import { Client } from 'pg'
import { embed, literal } from './database/embedding.js'

const client = new Client()
await client.connect()
const { rows } = await client.query<{ id: number; topic: string; title: string }>(
  'SELECT id, topic, title FROM documents ORDER BY embedding <=> $1 LIMIT 5',
  [literal(embed(process.argv.slice(2).join(' ')))],
)
for (const { id, topic, title } of rows) process.stdout.write(`${String(id).padStart(5)}  ${topic}  ${title}\n`)
await client.end()
