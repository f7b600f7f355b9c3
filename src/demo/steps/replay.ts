import { customers } from '../database/people.js'
import { counts } from '../database/seed.js'
import { expect, type Scene } from '../scene.js'
import { logIn } from './login.js'

export const investigatorLogsIn = (scene: Scene): Promise<void> => logIn(scene, 'ines')

export const investigates = async (scene: Scene): Promise<void> => {
  await scene.hoop('ines', ['sessions', 'list', '--person', 'casey@contractor.example'])
  const { stdout } = await scene.hoop('ines', ['sessions', 'list', '--text', 'ssn, card'])
  const [, row = '', ...more] = stdout.trimEnd().split('\n')
  expect(
    more.length === 0 && row.includes('casey@contractor.example'),
    'exactly one session that read the cards, Casey’s',
  )
  const { output } = await scene.hoop('ines', ['sessions', 'replay', row.split(' ')[0] ?? ''])
  expect(output.includes('FROM customers'), 'the statement')
  for (const { name } of customers(3)) expect(output.includes(name), 'the rows as Casey saw them')
  const leaked = customers(counts.customers).some(({ ssn, card }) => output.includes(ssn) || output.includes(card))
  expect(!leaked, 'no SSN and no card in the clear')
}
