import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { whole } from '../helpers/suite/whole.js'
import { tempFolder } from '../helpers/temp.js'
import { npmEnvironment, root } from './installed.js'

const run = promisify(execFile)
const folder = join(root, 'packaging/docker')
const lines = (await readFile(join(folder, 'Dockerfile'), 'utf8'))
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

/** The instructions of each stage, each as its word and the rest. */
const stages = lines
  .map((line) => /^(\S+) +(.*)$/.exec(line)!.slice(1) as [word: string, rest: string])
  .reduce<[string, string][][]>((all, each) => {
    if (each[0] === 'FROM') all.push([])
    all.at(-1)!.push(each)
    return all
  }, [])

/** What `COPY . .` brings. */
const allowed = (await readFile(join(folder, 'Dockerfile.dockerignore'), 'utf8'))
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1))

const rest = (stage: number, word: string): string[] =>
  stages[stage]!.filter(([each]) => each === word).map(([, text]) => text)

test('the Dockerfile copies what is there, and ends as a user without rights, by number', async () => {
  expect(stages).toHaveLength(2)
  for (const path of allowed) await expect(stat(join(root, path)), path).resolves.toBeDefined()
  expect(rest(0, 'COPY')).toEqual(['. .'])
  expect(rest(1, 'USER')).toEqual(['10001:10001'])
  const node = stages.map((stage) => stage[0]![1].split(' ')[0])
  expect(node).toEqual(['node:24-slim', 'node:24-slim'])
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
  expect(engines.node).toMatch(/^>=24\./)
})

/** Asks the registry for packages, as a build does. */
test.skipIf(!whole)(
  'the commands of the Dockerfile run in a clean folder, and what the last stage takes from it starts',
  { timeout: 600_000 },
  async () => {
    await using temp = await tempFolder('hoop-dockerfile-')
    const [build, image] = [temp.file('build'), temp.file('image')]
    await mkdir(build)
    for (const path of allowed) await cp(join(root, path), join(build, path), { recursive: true })
    const env = { PATH: process.env['PATH'], HOME: temp.path, ...(await npmEnvironment()) }
    for (const command of rest(0, 'RUN'))
      await run('/bin/sh', ['-euc', command], { cwd: build, env, maxBuffer: 2 ** 26 })
    for (const copy of rest(1, 'COPY')) {
      const [from, ...words] = copy.split(' ')
      expect(from).toBe('--from=build')
      const target = words.pop()!
      for (const source of words) {
        const into = target.endsWith('/') ? join(target, basename(source)) : target
        await cp(join(temp.path, source), join(image, into), { recursive: true, verbatimSymlinks: true })
      }
    }
    const hoop = join(image, 'opt/hoop/bin/run.js')
    const { stdout } = await run(process.execPath, [hoop, 'gateway', 'start', '--help'], { env, cwd: image })
    expect(stdout).toContain('--drain')
    await run(
      process.execPath,
      [
        hoop,
        'gateway',
        'init',
        temp.file('gateway'),
        '--url',
        'https://gateway.example.com',
        '--issuer',
        'https://login.example.com',
        '--connection',
        'db=postgres://hoop:secret@db.internal/db',
        '--group',
        'g',
      ],
      { env },
    )
    // Neither compilers nor tests are in the image.
    await expect(stat(join(image, 'opt/hoop/node_modules/typescript'))).rejects.toThrow('ENOENT')
  },
)
