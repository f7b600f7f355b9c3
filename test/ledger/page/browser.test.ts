import { writeFile } from 'node:fs/promises'
import { test } from 'vitest'
import { verifyPage } from '../../../src/ledger/page/page.js'
import { findChromium, openChromium } from '../../helpers/chromium.js'
import { tempFolder } from '../../helpers/temp.js'
import { archive, flip, pathEnding, record } from './bundle.js'

const program = findChromium()
const pictures = process.env['HOOP_WRITE_PICTURES'] ? new URL('../../../docs/images/', import.meta.url) : undefined

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
    const name = bundle === sound ? 'verify-sound' : 'verify-altered'
    if (pictures) await writeFile(new URL(`${name}.png`, pictures), await tab.picture())
  }
  await tab.until('StaticText', /recording was altered.*ses_two/)
})
