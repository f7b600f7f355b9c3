import { copyFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { type } from './shell.js'
import type { Walk } from './walk.js'
import type { World } from './world.js'

/** What README has an operator, somebody with a database client and an investigator type, one after the other. */
export const walkReadme = async (page: Walk, world: World): Promise<void> => {
  const { here, operator, database, role } = world
  const admin = await database.client()
  await admin.query(
    page
      .take('CREATE ROLE hoop')
      .replaceAll(/\bhoop\b/g, role)
      .replace('…', 'secret'),
  )

  const made = await type(operator, here(page.take('hoop gateway init /etc/hoop')))
  expect(made).toContain('hoop.yaml')
  await world.configureFrom(page.take('clear_for: [dpo]'))
  await world.configure(['identity', 'auditors'], ['security'])

  const gateway = await world.start(here(page.take('hoop gateway start --config')))
  expect(gateway.out()).not.toContain('failed')

  const casey = await world.person('casey')
  await copyFile(`${world.home}/tls/ca.pem`, `${casey.home}/ca.pem`)
  const seen = await world.login(
    casey,
    'casey',
    here(page.take('hoop connect vectordb -- psql')).replace(
      'SELECT …',
      'SELECT email, ssn FROM customers ORDER BY id',
    ),
    'SELECT count(*) FROM customers;\n',
  )
  expect(seen).toContain('Logged in')
  expect(seen).toMatch(/^\s*2$/m)
  expect(seen).toContain('email,ssn\nm***@e***.net,****5088\n')

  const ines = await world.person('ines')
  await world.login(ines, 'ines', `hoop login ${world.url} --ca ${world.home}/tls/ca.pem`)
  const { sessions } = JSON.parse(await type(ines, 'hoop sessions list --json')) as { sessions: { id: string }[] }
  const told = await type(ines, here(page.take('hoop audit exposure')).replace('ID', sessions[0]!.id))
  expect(told).toContain('public.customers.ssn')
  expect(told).toContain('SELECT email, ssn FROM customers')

  const { status } = await gateway.end()
  expect(status).toBe(0)
}
