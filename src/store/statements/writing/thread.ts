import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
// Tests start this file as it stands: what it and its neighbors import has the names of the sources.
import type { Batch, BatchAnswer, WriterData } from '../entry.ts'
import { openIndex } from './database.ts'
import { Writer } from './writer.ts'

const attempt = (work: () => void): BatchAnswer => {
  try {
    work()
    return { ok: true }
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

/** Opens the index and writes batches, which come as JSON, until it is told to end. */
const serve = ({ path }: WriterData): void => {
  const port = parentPort!
  let database: DatabaseSync | undefined
  let writer: Writer | undefined
  port.on('message', (message: string) => {
    if (message !== 'end') return port.postMessage(attempt(() => writer?.write(JSON.parse(message) as Batch)))
    database?.close()
    port.close()
  })
  port.postMessage(
    attempt(() => {
      database = openIndex(path)
      writer = new Writer(database)
    }),
  )
}

serve(workerData as WriterData)
