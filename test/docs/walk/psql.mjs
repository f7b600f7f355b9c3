// In place of psql where it isn't installed: runs what it reads, by the variables that psql goes by.
import { text } from 'node:stream/consumers'
import pg from 'pg'

const client = new pg.Client()
await client.connect()
const { rows } = await client.query(await text(process.stdin))
for (const row of rows) console.log(Object.values(row).join(' | '))
await client.end()
