import { existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { verifyRecording } from '../../src/recording/verify.js'
import { createRecordingsView } from '../gateway/server/start/recordings.js'

const names = async (folder: string): Promise<string[]> => {
  if (!existsSync(folder)) return []
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.hooprec'))
}

/** Reads all of each recording in a folder, and demands that it is sound and has an end. */
export const verifyAll = async (folder: string): Promise<void> => {
  for (const name of await names(folder)) expect((await verifyRecording(join(folder, name))).end, name).toBeDefined()
}

/** Keeps recordings open that are about to be deleted: what is written until then can be read from there. */
export const keepRecordings = async (folder: string, into: string): Promise<() => Promise<void>> => {
  const held: [string, FileHandle][] = []
  for (const name of await names(folder)) held.push([name, await open(join(folder, name))])
  return async () => {
    await mkdir(into, { recursive: true })
    for (const [name, file] of held) {
      await writeFile(join(into, name.replaceAll('/', '-')), await file.readFile())
      await file.close()
    }
  }
}

interface Ran {
  readonly who: string
  readonly n: number
}

/**
 * Holds what ran, by the databases themselves, against what was recorded and what was acknowledged: nothing ran
 * unrecorded, and nothing that somebody was told is missing from either.
 */
export const checkEvidence = async (
  folders: readonly string[],
  ran: readonly Ran[],
  acknowledged: readonly Ran[],
): Promise<void> => {
  const text = ({ who, n }: Ran) => `INSERT INTO ran VALUES ('${who}', ${n})`
  const recorded = new Set<string>()
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const events of await createRecordingsView(folder).all())
      for (const event of events) if (event.type === 'statement') recorded.add(event.text)
  }
  const inDatabase = new Set(ran.map(text))
  expect(
    [...inDatabase].filter((one) => !recorded.has(one)),
    'ran unrecorded',
  ).toEqual([])
  expect(
    acknowledged.map(text).filter((one) => !inDatabase.has(one)),
    'acknowledged and lost',
  ).toEqual([])
}
