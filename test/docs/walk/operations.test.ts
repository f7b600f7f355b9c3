import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ownHoop, type } from './shell.js'
import { walkOf } from './walk.js'
import { setWorld } from './world.js'

const page = walkOf('docs/operations.md')

test(
  'a gateway is set up, gets new keys and a new certificate, and a role for each group, as operations.md says',
  { timeout: 300_000 },
  async () => {
    await using world = await setWorld(ownHoop)
    const { here, operator, database, role, home } = world
    const admin = await database.client()
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT pg_read_all_data TO ${role}`)
    const read = (name: string): Promise<string> => readFile(`${home}/${name}`, 'utf8')

    const gateway = await world.start(here(page.take('--group ml-eng\nhoop gateway check')))
    expect(await read('secrets/vectordb.password')).toBe('secret\n')
    expect(await read('hoop.yaml')).not.toContain('secret\n')

    const before = await read('keys/signing.json')
    const rotated = await type(operator, here(page.take('rotate-keys')))
    expect(rotated).toContain('signing')
    expect(await read('keys/signing.json')).not.toBe(before)
    await gateway.until(/keys\.rotate/)

    const certificate = await read('tls/cert.pem')
    await type(operator, here(page.take('--renew-certificate')))
    expect(await read('tls/cert.pem')).not.toBe(certificate)
    await gateway.until(/certificate/)

    const reader = `${role}_reader`
    const named = (text: string): string => text.replaceAll('app_reader', reader)
    await admin.query(named(page.take('CREATE ROLE app_reader')).replaceAll(/\bhoop\b/g, role))
    await world.configure(['connections', 'vectordb', 'role'], { default: reader })
    const checked = await type(operator, here('hoop gateway check --config /etc/hoop/hoop.yaml'))
    expect(checked).toContain(reader)
    const { status } = await gateway.end()
    expect(status).toBe(0)
  },
)

test('every other block of code in operations.md is run by another test, or has a reason', async () => {
  const elsewhere = {
    'packaging/backup.sh /etc/hoop /backup/hoop-': 'test/packaging/backup.test.ts',
    'cp -a /backup/hoop-': 'test/packaging/backup.test.ts',
    'rm -f /etc/hoop/hoop.db ': 'test/packaging/backup.test.ts',
  }
  for (const [text, file] of Object.entries(elsewhere)) expect(await readFile(file, 'utf8')).toContain(text)
  page.leave({
    ...elsewhere,
    "CREATE ROLE hoop LOGIN PASSWORD '…';":
      'a role and a database of the operator’s; test/e2e/postgres-store.test.ts runs a gateway on one',
    'PGPASSFILE=/etc/hoop/pgpass packaging/backup.sh':
      'pg_dump has to be as new as the server, and is no part of npm ci',
    '# /etc/logrotate.d/hoop':
      'logrotate is a system’s own; test/packaging/log-rotation.test.ts does what copytruncate does',
  })
  expect(page.missing()).toEqual([])
})
