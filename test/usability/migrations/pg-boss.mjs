// Installs pg-boss where it isn't there, and has it do a job.
import PgBoss from 'pg-boss'

const boss = new PgBoss({})
boss.on('error', (error) => {
  throw error
})
await boss.start()
await boss.createQueue('mail')
await boss.send('mail', { to: 'Ada' })
await new Promise((resolve) => boss.work('mail', { pollingIntervalSeconds: 0.5 }, resolve))
await boss.stop({ graceful: false })
