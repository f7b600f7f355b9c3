import { expect, type Scene } from '../scene.js'

/** Exit status of `hoop exec` where the policy refused, as sysexits(3) says it: not permitted. */
const notPermitted = 77

const refusals = [
  { sql: 'DROP TABLE customers', says: /no-drop/ },
  { sql: 'SELECT * FROM documents', says: /bulk-read/ },
  { sql: "SELECT name FROM customers WHERE ssn LIKE '1%'", says: /customers\.ssn/ },
  { sql: "UPDATE customers SET plan = 'Free'", says: /blind-write/ },
]

export const isRefused = async (scene: Scene): Promise<void> => {
  for (const { sql, says } of refusals) {
    const { output } = await scene.hoop('casey', ['exec', 'vectordb', sql], { status: notPermitted })
    expect(says.test(output), `a refusal that names ${says.source.replace('\\', '')}`)
    expect(output.includes('42501'), 'SQLSTATE 42501')
  }
}

export const nothingWasLost = async (scene: Scene): Promise<void> => {
  const { stdout } = await scene.hoop('casey', [
    'exec',
    'vectordb',
    "SELECT count(*) FROM customers WHERE plan <> 'Free'",
    '--format',
    'csv',
  ])
  expect(/\b500\b/.test(stdout), 'all 500 customers are there')
}
