import { embed } from './embedding.js'
import { random, type Random } from './random.js'
import { fillings, openings, topics, type Topic } from './topics.js'

export interface Document {
  readonly id: number
  readonly customer: number
  readonly topic: string
  readonly title: string
  readonly body: string
  readonly embedding: readonly number[]
}

const fill = (text: string, source: Random): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => source.pick(fillings[name] ?? [name]))

const body = ({ sentences }: Topic, source: Random): string => {
  const chosen = new Set([
    source.pick(openings),
    source.pick(sentences),
    source.pick(sentences),
    source.pick(sentences),
  ])
  return [...chosen].map((sentence) => fill(sentence, source)).join(' ')
}

const document = (id: number, customers: number, source: Random): Document => {
  const topic = source.pick(topics)
  const title = fill(source.pick(topic.titles), source)
  const text = body(topic, source)
  return {
    id,
    customer: source.below(customers) + 1,
    topic: topic.name,
    title,
    body: text,
    embedding: embed(`${title} ${text}`),
  }
}

/** Support notes about customers 1 to `customers`, with embeddings of their texts. */
export const documents = (count: number, customers: number): Document[] => {
  const source = random(1_536)
  return Array.from({ length: count }, (_, at) => document(at + 1, customers, source))
}
