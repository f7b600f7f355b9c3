import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { findChromium, openChromium } from '../helpers/chromium.js'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { pageOf } from './html.js'
import { openPane, type Pane } from './tmux.js'

const folder = new URL('../../docs/images/', import.meta.url)

const policies = {
  research: {
    masks: [
      { columns: ['public.customers.email'], with: 'email' },
      { columns: ['public.customers.card'], with: { keep_last: 4 } },
    ],
    rules: [
      { name: 'no-drop', when: { statement: ['drop', 'truncate'] }, do: 'block', hint: 'Ask the platform team.' },
      {
        name: 'change-data',
        when: { statement: ['update', 'delete'] },
        do: 'approve',
        approvers: { groups: ['security'] },
        message: 'somebody else looks at changes first',
      },
    ],
    budgets: { identity: { rows: 10_000, per: 'day' } },
  },
}

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text, card text, plan text);
  INSERT INTO customers VALUES
    (1, 'Mei Lindqvist', 'mei@example.net', '4539 1488 0343 5088', 'Team'),
    (2, 'Farid Silva', 'farid@mail.example', '4539 5787 6362 7129', 'Free'),
    (3, 'Rosa Silva', 'rosa@mail.example', '4539 0151 4820 3031', 'Team')`

interface View {
  readonly name: string
  readonly person: string
  readonly line: string
  readonly rows?: number
  /** What has to stand there before the picture is taken. */
  readonly until: RegExp
  /** Something to do once that stands there; then the picture is taken when this stands there. */
  readonly then?: (pane: Pane, screen: string) => Promise<RegExp>
}

const works = async (_: Pane, screen: string): Promise<RegExp> => {
  const [, port, name] = /127\.0\.0\.1:(\d+)\/(test_[0-9a-f]{12})/.exec(screen.replaceAll('\n', '')) ?? []
  const client = new Client({ host: '127.0.0.1', port: Number(port), user: 'casey', database: name })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('SELECT name, email FROM customers')
  await client.query('DROP TABLE customers').catch(() => undefined)
  void client.query("UPDATE customers SET plan = 'Free' WHERE id = 1").catch(() => undefined)
  return /approv/i
}

const viewsOf = (session: string): readonly View[] => [
  { name: 'login', person: 'new', line: 'login URL --ca CA', rows: 34, until: /Waiting for you/ },
  { name: 'connections', person: 'casey', line: 'connections', until: /vectordb/ },
  { name: 'status', person: 'casey', line: 'status', until: /BUDGET[^]*rows/i },
  { name: 'doctor', person: 'casey', line: 'doctor', rows: 34, until: /ok +connection/ },
  {
    ...{ name: 'exec', person: 'casey', line: 'exec vectordb "SELECT name, email, card FROM customers"' },
    until: /3 rows|\n.*Rosa/,
  },
  { name: 'refused', person: 'casey', line: 'exec vectordb "DROP TABLE customers"', until: /hint:/ },
  { name: 'connect', person: 'casey', line: 'connect vectordb', rows: 26, until: /left/, then: works },
  { name: 'inbox', person: 'ines', line: 'approvals watch', rows: 30, until: /a: approve/ },
  { name: 'sessions', person: 'ines', line: 'sessions list', until: /closed/ },
  { name: 'statements', person: 'ines', line: 'sessions statements --limit 6', rows: 40, until: /customers/ },
  { name: 'exposure', person: 'ines', line: 'audit exposure', rows: 44, until: /public\.customers\.email/ },
  {
    ...{ name: 'player', person: 'ines', line: `sessions replay ${session} --step`, rows: 30 },
    // Before it keys are named, and not read yet.
    until: /-- Session/,
    then: async (pane) => {
      await sleep(1_000)
      await pane.press('n', 'n')
      return /Session closed/
    },
  },
  { name: 'people', person: 'olu', line: 'people list', until: /casey/ },
]

const wordsOf = (screen: string): string => screen.replaceAll(/\u001b\[[\d;]*m/g, '')

const shown = async (pane: Pane, wanted: RegExp): Promise<string> => {
  const words = async () => wordsOf(await pane.screen())
  await expect.poll(words, { timeout: 30_000, interval: 200 }).toMatch(wanted)
  return pane.screen()
}

const screenOf = async (gateway: TestGateway, view: View, columns: number): Promise<string> => {
  const { person, line, rows = 24, until, then } = view
  const real = line.replace('URL', gateway.url).replace('CA', gateway.caFile)
  await using pane = await openPane(real, columns, rows, { HOOP_HOME: gateway.home(person) })
  const first = await shown(pane, until)
  return then ? await shown(pane, await then(pane, wordsOf(first))) : first
}

/** One session with a result, a refusal, and a result behind it. */
const script = [
  'SELECT name, email, card FROM customers ORDER BY id',
  'DROP TABLE customers',
  'SELECT plan, count(*) FROM customers GROUP BY plan ORDER BY plan',
]

/** Files that commands write for a browser. */
const pages: readonly { readonly name: string; readonly args: (session: string, file: string) => readonly string[] }[] =
  [
    { name: 'export-html', args: (id, file) => ['sessions', 'export', id, '--format', 'html', '--output', file] },
    { name: 'exposure-html', args: (_, file) => ['audit', 'exposure', '--html', file] },
  ]

/** `HOOP_WRITE_PICTURES=1 npx vitest run test/pictures` makes them; it takes tmux and Chromium. `HOOP_WRITE_PICTURES=inbox,status`: these alone. */
const asked = process.env['HOOP_WRITE_PICTURES']

test.runIf(asked)('pictures of every view on terminals of 40, 80 and 120 columns', { timeout: 900_000 }, async () => {
  const program = findChromium()
  if (program === undefined) throw new Error('pictures take Chromium')
  await using database = await freshDatabase()
  await (await database.client()).query(schema)
  await using gateway = await startTestGateway({
    database: database.url,
    policies,
    access: [{ groups: ['contractors'], policy: 'research' }],
  })
  for (const person of ['casey', 'ines', 'olu']) await gateway.login(person)
  await gateway.hoop('casey', ['exec', 'vectordb', 'SELECT name, email, card FROM customers ORDER BY id'])
  await gateway.hoop('casey', ['exec', 'vectordb', 'DROP TABLE customers'])
  const change = "UPDATE customers SET plan = 'Free' WHERE id = 1"
  void gateway.hoop('casey', ['exec', 'vectordb', change, '--wait', '--reason', 'asked for in ticket 4711'])
  const asCasey = ['connect', 'vectordb', '--', 'psql', '-X', ...script.flatMap((text) => ['-c', text])]
  await gateway.hoop('casey', asCasey)
  const { stdout } = await gateway.hoop('ines', ['sessions', 'list', '--json'])
  const { sessions } = JSON.parse(stdout) as { sessions: { id: string; clientApplication?: string }[] }
  await using tab = await openChromium(program)
  await mkdir(folder, { recursive: true })
  const isAsked = (name: string): boolean => asked === '1' || (asked ?? '').split(',').includes(name)
  const { id: latest } = sessions.find(({ clientApplication }) => clientApplication === 'psql')!
  for (const { name, args } of pages.filter((each) => isAsked(each.name))) {
    const file = `${gateway.folder}/${name}.html`
    expect((await gateway.hoop('ines', args(latest, file))).status).toBe(0)
    await tab.resize({ width: name === 'export-html' ? 900 : 1280, height: 100 })
    await tab.goto(`file://${file}`)
    await writeFile(new URL(`${name}.png`, folder), await tab.picture())
  }
  for (const columns of [120, 80, 40])
    for (const view of viewsOf(sessions.at(-1)!.id)) {
      if (!isAsked(view.name)) continue
      const screen = await screenOf(gateway, view, columns)
      await tab.resize({ width: Math.ceil(columns * 9.04) + 40, height: 100 })
      await tab.goto(`data:text/html;base64,${Buffer.from(pageOf(screen, columns)).toString('base64')}`)
      await writeFile(new URL(`terminal-${view.name}-${columns}.png`, folder), await tab.picture())
    }
})
