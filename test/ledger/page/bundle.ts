import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { readTar, tarEnd, tarHeader, tarPadding } from '../../../src/ledger/bundle/tar.js'
import { writeBundle } from '../../../src/ledger/bundle/write.js'
import { AuditView } from '../../../src/store/audit-view.js'
import { openGateway, placesIn } from '../../gateway/ledger/history.js'

export type Files = Map<string, Buffer>

export const archive = (files: Files): Buffer =>
  Buffer.concat([
    ...[...files].flatMap(([path, content]) => [tarHeader(path, content.length), content, tarPadding(content.length)]),
    tarEnd(),
  ])

/** Some sessions, acts and reads, among them a session of which one frame is compressed. */
export const record = async (root: string): Promise<{ files: Files; vkey: string; sessions: string[] }> => {
  const at = placesIn(root)
  const sessions = ['ses_one', 'ses_two', 'ses_three']
  let vkey: string
  {
    await using gateway = await openGateway(at, { copies: [] })
    ;({ vkey } = gateway.ledgers.ledger)
    for (const id of sessions) {
      const session = await gateway.begin(id)
      session.run(4)
      session.refuse()
      if (id === 'ses_two')
        session.recorder.record({
          ...{ type: 'notice', at: 40, kind: 'notice' },
          message: randomBytes(20).toString('hex').repeat(500),
        })
      session.recorder.commit()
      await gateway.write({ act: 'person.revoke', by: { subject: 'olu', name: 'olu' }, target: id })
      await session.end()
    }
  }
  using view = new AuditView(at.store)
  const files: Files = new Map()
  const bundle = writeBundle({ folder: at.ledger, recordings: at.recordings, store: view, vkey })
  for await (const { path, content } of readTar(Readable.from(bundle) as AsyncIterable<Buffer>)) {
    const parts: Buffer[] = []
    for await (const part of content) parts.push(Buffer.from(part))
    files.set(path, Buffer.concat(parts))
  }
  return { files, vkey, sessions }
}

export const flip = (bytes: Buffer, at: number): Buffer => bytes.with(at, bytes[at]! ^ 1) as Buffer

export const pathEnding = (files: Files, ending: string): string =>
  [...files.keys()].find((path) => path.endsWith(ending))!
