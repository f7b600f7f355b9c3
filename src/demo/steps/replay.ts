import { customers } from '../database/people.js'
import { expect, type Scene } from '../scene.js'
import { logIn } from './login.js'

export const investigatorLogsIn = (scene: Scene): Promise<void> => logIn(scene, 'ines')

export const investigates = async (scene: Scene): Promise<void> => {
  await scene.hoop('ines', ['sessions', 'list', '--person', 'casey@contractor.example'])
  const { stdout } = await scene.hoop('ines', ['sessions', 'list', '--text', 'ssn, card', '--json'])
  const { sessions } = JSON.parse(stdout) as { sessions: { id: string; subject: string }[] }
  const [session] = sessions
  expect(sessions.length === 1 && session?.subject === 'casey', 'exactly one session that read the cards, Casey’s')
  const { output } = await scene.hoop('ines', ['sessions', 'replay', session?.id ?? ''])
  expect(output.includes('FROM customers'), 'the statement')
  const leaked = customers(500).some(({ ssn, card }) => output.includes(ssn) || output.includes(card))
  expect(!leaked, 'no SSN and no card in the clear')
}
