import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { startHoop } from '../helpers/command/hoop.js'
import { hasTerminal, onTerminal } from '../helpers/terminal.js'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const policies = {
  open: {
    rules: [
      ...[{ name: 'purge', when: { statement: ['delete'] }, do: 'approve', approvers: { groups: ['security'] } }],
    ],
  },
}

let gateway: TestGateway
let stack: AsyncDisposableStack
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  await (await database.client()).query('create table notes (id int)')
  gateway = stack.use(await startTestGateway({ database: database.url, policies }))
  await gateway.login('ines')
})
afterAll(() => stack.disposeAsync())

const purge = (id: number) =>
  gateway.hoop('casey', ['exec', 'vectordb', `delete from notes where id = ${id}`, '--wait'])

test('without a terminal each event is a line, and the next gateway goes on telling', async () => {
  await using watch = startHoop(['approvals', 'watch'], { home: gateway.home('ines') })
  const first = purge(1)
  const [, id = ''] = await watch.until(/^\{"event":"requested","approval":\{"id":"(\w+)".*where id = 1.*\}$/m)
  await gateway.hoop('ines', ['approvals', 'approve', id])
  await watch.until(new RegExp(`^\\{"event":"decided","approval":\\{"id":"${id}".*\\}$`, 'm'))
  expect((await first).status).toBe(0)
  const second = purge(2)
  await watch.until(/"event":"requested".*where id = 2/)
  await gateway.end('SIGKILL')
  await watch.until(/trying again/)
  await gateway.restart()
  await watch.until(/"event":"withdrawn".*where id = 2/)
  expect((await second).status).not.toBe(0)
  for (const line of watch.stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('approval.state')
})

test.skipIf(!hasTerminal)(
  'on a terminal a request is read and denied by keys; Ctrl-C gives the screen back',
  async () => {
    const screen = onTerminal('approvals watch', { HOOP_HOME: gateway.home('ines'), NO_COLOR: '1' })
    await expect.poll(screen.text, { timeout: 15_000 }).toContain('Nothing waits for an approval')
    const running = purge(3)
    await expect.poll(screen.text, { timeout: 15_000 }).toContain('delete from notes where id = 3')
    expect(screen.text()).toContain('a: approve   d: deny')
    screen.press('d')
    await expect.poll(screen.text).toContain('Deny 1')
    screen.press('not on Friday')
    await expect.poll(screen.text).toContain('not on Friday_')
    screen.press('\r')
    const denied = await running
    expect(denied.status).toBe(77)
    expect(denied.stderr).toContain('not on Friday')
    await expect.poll(screen.text).toContain('Denied: 1')
    expect(screen.text()).not.toMatch(/\u001b\[3\dm/) // NO_COLOR
    screen.press('\u0003')
    expect(await screen.ended).toBe(130)
    const [, after = ''] = screen.text().split('\u001b[?1049l')
    expect(after).toContain('Denied: 1')
    expect(screen.text().lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.text().lastIndexOf('\u001b[?25l'))
  },
)
