import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { embed, literal } from '../database/embedding.js'
import { expect, type Scene } from '../scene.js'

/** In the demo's folder: the search as SQL. */
export const searchFile = 'search.sql'

const question = 'my card was declined when paying'

const topics = (output: string) => output.split('\n').filter((line) => /\bpayments\b/.test(line)).length

export const searches = async (scene: Scene): Promise<void> => {
  const vector = literal(embed(question))
  const sql = `SELECT id, topic, title\nFROM documents\nORDER BY embedding <=> '${vector}'\nLIMIT 5;\n`
  await writeFile(join(scene.folder, searchFile), `-- ${question}\n${sql}`)
  scene.printer.command('casey', `cat ${searchFile}`)
  scene.printer.output(`-- ${question}\n${sql}`)
  const { output } = await scene.hoop('casey', ['exec', 'vectordb', '-f', searchFile])
  expect(topics(output) === 5, 'five notes about payments')
}

export const searchesWithDriver = async (scene: Scene): Promise<void> => {
  const program = fileURLToPath(new URL('../ask.js', import.meta.url))
  const shown = `hoop connect vectordb -- node ask.js "${question}"`
  const args = ['connect', 'vectordb', '--', process.execPath, relative(scene.folder, program), question]
  const { output } = await scene.hoop('casey', args, { shown })
  expect(topics(output) === 5, 'five notes about payments')
}
