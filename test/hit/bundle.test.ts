import { execFile } from 'node:child_process'
import { writeFile, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { writeBundle } from '../../src/ledger/bundle/write.js'
import { verifyBundleFile } from '../../src/operator/audit/verify.js'
import { findingText } from '../../src/cli/audit/findings.js'
import { findingKinds, isTampering } from '../../src/ledger/verify/report.js'
import { AuditView } from '../../src/store/audit-view.js'
import { loadLedgerKeys } from '../../src/ledger/log/key-file.js'
import { VectorPrints } from '../../src/gateway/relay/rows/vector-prints.js'
import { tempFolder } from '../helpers/temp.js'
import { openGateway, placesIn } from '../gateway/ledger/history.js'

test('I: row whose id is an object', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('g'))
  {
    await using gateway = await openGateway(at, { copies: [] })
    const s = await gateway.begin('ses_1'); s.run(1); await s.end()
  }
  const { signers } = await loadLedgerKeys(at.keys)
  using view = new AuditView(at.store)
  const store = {
    async *sessions() { for await (const row of view.sessions()) { yield row; yield { ...row, id: { toString: 0, valueOf: 0 } } as never } },
    acts: () => view.acts(),
  }
  const parts: Buffer[] = []
  for await (const part of writeBundle({ folder: at.ledger, recordings: at.recordings, store, vkey: signers[0].vkey } as never)) parts.push(part)
  const file = '/tmp/w/hit5-tmp/evil.tar'
  await writeFile(file, Buffer.concat(parts))
  const found = await verifyBundleFile(file, { memory: folder.file('audit.json') }).catch((e) => ({ error: `${e}`, findings: [] as never[] }))
  console.log('I', JSON.stringify(found.findings), (found as any).error)
  for (const f of found.findings as any[]) { try { findingText(f, (findingKinds as any)[f.kind].says, isTampering(f)) } catch (e) { console.log('I findingText throws', `${e}`) } }
})

test('V: forms of vectors in texts', () => {
  const prints = new VectorPrints()
  for (const text of [
    `select '[0.1,0.2,0.3]'::vector`,
    `select '[0.1,0.2'\n',0.3]'::vector`,
    `select U&'[0.1,0.2,0.3]'::vector`,
    `select E'[0.1,0.2,0.3]'::vector`,
    `select '[0.1,0.2,0.3]' /* x */`,
    `select '[0.1, NaN, 0.3]'`, `select '[0x1p-3,0x1p-4,0x1p-5]'::vector`, `select '[0x1,0x2,0x3]'::vector`,
    `select '[infinity,0.2,0.31]'`,
    `prepare p as select 1; execute p('[0.1,0.2,0.3]')`,
    `select '{0.1,0.2,0.3}'::real[]::vector`,
    `select '("[0.1,0.2,0.3]",1)'::rec`, `select '{"[0.1,0.2,0.3]"}'::vector[]`,
    `select vector '[0.1,0.2,0.3]'`, `select 'a''b', '[0.1,0.2,0.3]'`, `select 'it''[0.1,0.2,0.3]'`,
    `insert into t select * from json_to_recordset('[{"e":[0.1,0.2,0.3]}]') as x(e vector)`,
    `-- it's\nselect '[0.1,0.2,0.3]'::vector`,
    `select array[0.1,0.2,0.3]::vector`, `select '[0.11,0.22,0.33]'::text || ''`,
    `select concat('[0.1,0.2,0.3', ']')::vector`,
    `select '{1:0.1,2:0.2}/5'::sparsevec`,
  ]) console.log('V', /0\.11?[,\s']|0x1/.test(prints.text(text, () => undefined)) ? 'CLEAR' : 'hidden', text.replaceAll('\n', '\\n'))
  for (const text of [`[0.1,0.2,0.3]`, `{"[0.1,0.2,0.3]","[0.4,0.5,0.6]"}`, `{0.1,0.2,0.3}`, `(1,"[0.1,0.2,0.3]")`, `[0x1p-3,0x1p-4,0x1]`, ` [0.1,0.2,0.3] `])
    console.log('P', prints.of(Buffer.from(text), 0) ?? 'CLEAR', text)
  for (const [shape, data] of [
    [{ format: 'csv', delimiter: ',', quote: '"' }, `1,"[0.1,0.2,0.3]"\n`], [{ format: 'csv', delimiter: ',', quote: '"' }, `1,"[0.1,0"".2,0.3]"\n`],
    [{ format: 'csv', delimiter: ',', quote: '"' }, `1,[0.1","0.2","0.3]\n`],
    [{ format: 'text', delimiter: '\t', quote: '' }, `1\t[0.1,0.2,0.3]\n`],
    [{ format: 'text', delimiter: '\t', quote: '' }, `1\t\\x5b0.1,0.2,0.3\\x5d\n`], [{ format: 'text', delimiter: '\t', quote: '' }, `1\t\\1330.1,0.2,0.3]\n`],
    [{ format: 'text', delimiter: '\t', quote: '' }, `1\t{"[0.1,0.2,0.3]"}\n`], [{ format: 'text', delimiter: '\t', quote: '' }, `1\t[0x1p-3,0.2,0.3]\n`],
  ] as const) console.log('C', shape.format, /0\.[23]/.test(prints.copied(Buffer.from(data), shape as never).toString()) ? 'CLEAR' : 'hidden', JSON.stringify(data))
})
