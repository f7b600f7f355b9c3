import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyPage } from '../../../src/ledger/page/page.js'
import { findChromium, openChromium } from '../../helpers/chromium.js'
import { tempFolder } from '../../helpers/temp.js'
import { archive, flip, pathEnding, record } from './bundle.js'

const program = findChromium()

test.skipIf(program === undefined)('Chromium opens it from the disk and checks the bundle', async () => {
  await using folder = await tempFolder()
  const { files, vkey } = await record(folder.file('gateway'))
  const [page, sound, altered] = ['verify.html', 'sound.tar', 'altered.tar'].map((name) => folder.file(name)) as [
    string,
    string,
    string,
  ]
  await writeFile(page, await verifyPage())
  await writeFile(sound, archive(files))
  const path = pathEnding(files, 'ses_two.hooprec')
  await writeFile(altered, archive(new Map([...files, [path, flip(files.get(path)!, 700)]])))
  await using tab = await openChromium(program!, { scripts: true })
  await tab.resize({ width: 900, height: 700 })
  await tab.goto(`file://${page}`)
  await tab.focus(/ledger’s key/)
  await tab.type(vkey)
  for (const [bundle, expected] of [
    [sound, /^NOTHING WAS ALTERED/],
    [altered, /^ALTERED/],
  ] as const) {
    await tab.choose('#bundle', bundle)
    await tab.focus(/^Check$/)
    await tab.press()
    await tab.until('StaticText', expected)
    if (process.env['HOOP_PICTURES'] !== undefined)
      await writeFile(
        join(process.env['HOOP_PICTURES'], bundle === sound ? 'verify.png' : 'verify-altered.png'),
        await tab.picture(),
      )
  }
  await tab.until('StaticText', /recording was altered.*ses_two/)
  expect(await readdir(folder.path)).toContain('verify.html')
  expect((await readFile(page, 'utf8')).length).toBeLessThan(400_000)
})
