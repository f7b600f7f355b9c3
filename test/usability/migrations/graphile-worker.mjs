// Installs graphile-worker where it isn't there, and has it do a job.
import { makeWorkerUtils, runOnce } from 'graphile-worker'
import { Pool } from 'pg'

const pgPool = new Pool()
pgPool.on('error', () => undefined)
const utils = await makeWorkerUtils({ pgPool })
await utils.migrate()
await utils.addJob('mail', { to: 'Ada' })
let done = 0
await runOnce({ pgPool, taskList: { mail: () => void done++ } })
await utils.release()
await pgPool.end()
if (done !== 1) throw new Error(`${done} jobs were done`)
