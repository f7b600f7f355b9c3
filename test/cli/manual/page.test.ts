import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type ManualCommand, manualPage, overviewPage } from '../../../src/cli/manual/page.js'
import { tempFolder } from '../../helpers/temp.js'

const run = promisify(execFile)
const { commands } = JSON.parse(await readFile(new URL('../../../oclif.manifest.json', import.meta.url), 'utf8')) as {
  commands: Record<string, ManualCommand>
}
const groff = await run('groff', ['--version']).then(
  () => true,
  () => false,
)

test('every command has a page with its summary, its flags and its examples', () => {
  for (const command of Object.values(commands)) {
    const page = manualPage(command, '1.0.0')
    for (const section of ['NAME', 'SYNOPSIS', 'FLAGS']) expect(page, command.id).toContain(`.SH ${section}`)
    for (const name of Object.keys(command.flags))
      expect(page, command.id).toContain(`\\-\\-${name.replaceAll('-', '\\-')}`)
    expect(page, command.id).not.toContain('<%=')
  }
  expect(overviewPage(Object.values(commands), '1.0.0')).toContain('hoop\\-sessions\\-list')
})

test('text can’t become a request or an escape', () => {
  const page = manualPage({ id: 'x', summary: 's', description: '.so /etc/passwd\n\\fBx', args: {}, flags: {} }, '1')
  expect(page).toContain('\n\\&.so /etc/passwd\n')
  expect(page).toContain('\\efBx')
})

test.skipIf(!groff)('groff takes each page without a warning', async () => {
  await using folder = await tempFolder()
  for (const command of Object.values(commands)) {
    await writeFile(folder.file('page.1'), manualPage(command, '1.0.0'))
    const { stderr, stdout } = await run('groff', [
      '-man',
      '-Tutf8',
      '-wmac',
      '-wsyntax',
      '-wmissing',
      '-wdelim',
      '-P-cbou',
      folder.file('page.1'),
    ])
    expect([command.id, stderr]).toEqual([command.id, ''])
    expect(stdout).toContain('SYNOPSIS')
  }
})
