import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { walkReadme } from '../docs/walk/readme.js'
import { homeOf, type } from '../docs/walk/shell.js'
import { walkOf } from '../docs/walk/walk.js'
import { setWorld } from '../docs/walk/world.js'
import { whole } from '../helpers/suite/whole.js'
import { tempFolder } from '../helpers/temp.js'
import { clone, machine, npmEnvironment, ordinary, root } from './installed.js'

const { dependencies, bin, man, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  bin: Record<string, string>
  man: string[]
  version: string
}

test('nothing that is installed with hoop runs a script, a compiler for one', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
  }
  expect(Object.keys(dependencies).length).toBeGreaterThan(10)
  const scripts = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
  expect(scripts.map(([path]) => path)).toEqual([])
})

/** npm links those that are named, and looks into no folder. */
test('each command’s page of the manual is named, so that npm links it where man finds it', async () => {
  const { commands } = JSON.parse(await readFile(join(root, 'oclif.manifest.json'), 'utf8')) as { commands: object }
  const pages = Object.keys(commands).map((id) => `./man/hoop-${id.replaceAll(':', '-')}.1`)
  expect(man.toSorted()).toEqual(['./man/hoop.1', ...pages].toSorted())
})

test('the tarball has what its files need, and nothing of the tests', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
  })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }]
  const paths = files.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'oclif.manifest.json', ...Object.values(bin)]))
  expect(paths).toEqual(expect.arrayContaining(['packaging/systemd/hoop-gateway.service', 'packaging/backup.sh']))
  const places = new Set(paths.map((path) => path.split('/')[0]))
  for (const name of ['src', 'test', 'docs', 'node_modules', '.ci']) expect(places).not.toContain(name)
  expect(files.find(({ path }) => path === 'packaging/backup.sh')!.mode & 0o111).not.toBe(0)
})

/** Asks the registry for what `npm ci` doesn't: which versions there are. */
test.skipIf(!whole)(
  'what npm pack makes is installed by an ordinary user without a compiler, and README’s steps work with it',
  { timeout: 600_000 },
  async () => {
    await using folder = await tempFolder('hoop-install-')
    const { path, mark } = await machine(folder)
    const install = walkOf('docs/install.md')
    await clone(folder.file('clone'))
    await promisify(execFile)('chmod', ['755', folder.path])

    // npm ci is what has filled node_modules.
    const lines = install.take('npm ci\nnpm pack').replace('npm ci\n', '')
    const env = { ...process.env, PATH: [...path, '/usr/bin', '/bin'].join(':') }
    await promisify(execFile)('/bin/sh', ['-euc', lines], { cwd: folder.file('clone'), env, maxBuffer: 2 ** 26 })
    const tarball = `hoop-${version}.tgz`

    const person = await homeOf(folder.file('person'), path, ordinary)
    await promisify(execFile)('cp', [folder.file('clone', tarball), person.home])
    const exports = Object.entries(await npmEnvironment()).map(([name, value]) => `export ${name}='${value}'\n`)
    const said = await type(person, exports.join('') + install.take('npm install --global --prefix ~/.local'))
    expect(said).toContain(`hoop/${version} `)
    expect(await readdir(mark)).toEqual([])

    const local = join(person.home, '.local')
    expect(await readdir(join(local, 'share/man/man1'))).toHaveLength(man.length)
    const scripts = join(local, 'lib/node_modules/hoop/completions')
    expect((await readdir(scripts)).sort()).toEqual(['_hoop', 'hoop.bash', 'hoop.fish'])
    for (const name of await readdir(scripts)) expect((await stat(join(scripts, name))).size).toBeGreaterThan(1000)
    const lists = `. ${scripts}/hoop.bash; COMP_WORDS=(hoop sess); COMP_CWORD=1; _hoop; echo "\${COMPREPLY[@]}"`
    expect(await type(person, `exec bash -c '${lists}'`)).toBe('sessions\n')
    await type(person, `export PATH=~/.local/bin:$PATH\n${install.take('hoop completion bash')}`)

    await using world = await setWorld([join(local, 'bin/hoop')], {
      ...(ordinary === undefined ? {} : { uid: ordinary }),
      node: folder.file('machine'),
    })
    await walkReadme(walkOf('README.md'), world)
  },
)
