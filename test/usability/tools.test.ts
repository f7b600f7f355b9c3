import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTools } from './corpus.js'
import { openStage, refusalOf, type Stage } from './stage.js'

const vectorStores = new Set(['langchain', 'llamaindex'])
const tools = (await readTools()).filter(({ name }) => !vectorStores.has(name))

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

test.for(tools)('nothing that $tool sends is refused while other tables are masked', async ({ statements }) => {
  const client = await stage.connect()
  const refused: string[] = []
  for (const statement of statements) {
    const why = await refusalOf(client, statement.text, statement.params)
    if (why !== undefined) refused.push(`${statement.from}: ${why}\n  ${statement.text.replaceAll(/\s+/g, ' ')}`)
  }
  expect(statements.length).toBeGreaterThan(0)
  expect(refused).toEqual([])
})
