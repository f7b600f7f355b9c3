import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from '../../../helpers/postgres/postgres.js'
import { tempFolder } from '../../../helpers/temp.js'
import { person } from './person.js'
import { started } from './started.js'

/** Found on PATH; without it the test is skipped. */
const program = 'nginx'
const installed = !spawnSync(program, ['-v']).error

/** The documented server block, with this machine's paths and ports. */
const documented = async (changes: Record<string, string>): Promise<string> => {
  const docs = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
  const block = /```nginx\n(.*?)```/s.exec(docs)?.[1] ?? ''
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the documented configuration has no ${from}`)
    return text.replace(from, to)
  }, block)
}

const listens = async (port: number): Promise<void> => {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1')
    const up = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (up) return
    if (tries > 100) throw new Error('nginx does not listen')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test.runIf(installed)('sessions pass through nginx as documented', async () => {
  const port = await freePort()
  await using it = await started(
    undefined,
    {},
    { url: `https://localhost:${port}`, listen: `127.0.0.1:${await freePort()}` },
  )
  const behind = /listen: (\S+)/.exec(await readFile(it.folder.config, 'utf8'))?.[1] ?? ''
  const server = await documented({
    '443 ssl': `127.0.0.1:${port} ssl`,
    'gateway.example.com': 'localhost',
    '/etc/nginx/tls/cert.pem': it.folder.file('tls/cert.pem'),
    '/etc/nginx/tls/key.pem': it.folder.file('tls/key.pem'),
    '127.0.0.1:8443': behind,
    '/etc/hoop/tls/ca.pem': it.folder.file('tls/ca.pem'),
  })
  await using folder = await tempFolder()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  await writeFile(
    folder.file('nginx.conf'),
    `daemon off; master_process off; pid ${folder.file('pid')}; error_log stderr;
    events {}
    http { access_log off; ${temporary.map((name) => `${name}_temp_path ${folder.file(name)};`).join(' ')}
    ${server} }`,
  )
  const nginx = spawn(program, ['-p', folder.path, '-c', folder.file('nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const gone = once(nginx, 'exit')
  try {
    await listens(port)
    await using mika = await person(it.idp, 'mika', { url: `https://localhost:${port}`, caFile: it.caFile })
    const { client } = await mika.connect()
    const { rows } = await client.query<{ n: number; filler: string }>(
      `SELECT n, repeat('x', 1000) AS filler FROM generate_series(1, 5000) n`,
    )
    expect(rows).toHaveLength(5000)
    expect(rows.at(-1)?.n).toBe(5000)
  } finally {
    nginx.kill('SIGTERM')
    await gone
  }
})
