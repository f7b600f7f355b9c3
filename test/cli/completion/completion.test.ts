import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveNames } from '../../../src/agent/files/completion-names.js'
import { bashScript, zshScript } from '../../../src/cli/completion/bash.js'
import { fishScript } from '../../../src/cli/completion/fish.js'
import { type Command, placesOf } from '../../../src/cli/completion/model.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

const run = promisify(execFile)
const { commands } = JSON.parse(await readFile(new URL('../../../oclif.manifest.json', import.meta.url), 'utf8')) as {
  commands: Record<string, Command>
}
const places = placesOf(Object.values(commands))

const has = async (shell: string): Promise<boolean> =>
  run(shell, ['-c', 'exit 0']).then(
    () => true,
    () => false,
  )
const shells = { bash: await has('bash'), zsh: await has('zsh'), fish: await has('fish') }

let home: TempFolder
beforeAll(async () => {
  home = await tempFolder()
  const env = { HOOP_HOME: home.path }
  await leaveNames(env, 'connections', ['vectordb', 'billing', '$(touch /tmp/evil)', 'a b', 'x;id'])
  await leaveNames(env, 'sessions', ['1kz0m', '1kz0n'])
})
afterAll(() => home[Symbol.asyncDispose]())

/** What a line that is typed so far is completed by: the last word is the one that the cursor is in. */
const ask: Readonly<Record<keyof typeof shells, (words: readonly string[]) => Promise<string[]>>> = {
  bash: async (words) => {
    const line = `${bashScript(places)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hoop; printf '%s\\n' "\${COMPREPLY[@]}"`
    return lines(
      await run('bash', ['--norc', '-c', line, 'bash', ...words], {
        env: { HOOP_HOME: home.path, PATH: process.env['PATH'] },
      }),
    )
  },
  zsh: async (words) => {
    const script = zshScript(places)
      .replace('autoload -U +X bashcompinit && bashcompinit', '')
      .replace(/^complete .*$/m, '')
    const line = `${script}\nsetopt ksharrays; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hoop; printf '%s\\n' "\${COMPREPLY[@]}"`
    return lines(
      await run('zsh', ['-f', '-c', line, 'zsh', ...words], {
        env: { HOOP_HOME: home.path, PATH: process.env['PATH'] },
      }),
    )
  },
  fish: async (words) => {
    const line = `${fishScript(places)}\ncomplete -C ${JSON.stringify(words.join(' '))}`
    const found = await run('fish', ['--no-config', '-c', line], {
      env: { HOOP_HOME: home.path, HOME: home.path, PATH: process.env['PATH'] },
    })
    return lines(found).map((each) => each.split('\t')[0]!)
  },
}

const lines = ({ stdout }: { stdout: string }): string[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .toSorted()

for (const shell of Object.keys(shells) as (keyof typeof shells)[])
  test.skipIf(!shells[shell]).for([
    [
      ['hoop', 'conn'],
      ['connect', 'connections'],
    ],
    [['hoop', 'sessions', 'f'], ['follow']],
    [
      ['hoop', 'connect', ''],
      ['billing', 'vectordb'],
    ],
    [['hoop', 'exec', 'v'], ['vectordb']],
    [
      ['hoop', 'exec', '--format', 'json'],
      ['json', 'jsonl'],
    ],
    [['hoop', 'exec', '--time'], ['--timeout']],
    [
      ['hoop', 'sessions', 'list', '--connection', ''],
      ['billing', 'vectordb'],
    ],
    [
      ['hoop', 'sessions', 'replay', '1kz0'],
      ['1kz0m', '1kz0n'],
    ],
    [['hoop', '-g', 'prod', 'approvals', 'standing', 'a'], ['add']],
    [['hoop', 'frobnicate', 'zz'], []],
  ] as const)(`${shell}: %j`, async ([words, expected]) => {
    expect(await ask[shell](words)).toEqual(expected)
  })

test('every command has its place, and every topic names what is in it', () => {
  const paths = places.map(({ path }) => path)
  for (const id of Object.keys(commands)) expect(paths).toContain(`/${id.replaceAll(':', '/')}`)
  expect(new Set(paths).size).toBe(paths.length)
})
