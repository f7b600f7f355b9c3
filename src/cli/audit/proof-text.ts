import { plain } from '../text.js'

/** What a proof proves, as far as it is shown. */
export interface ShownProof {
  readonly origin: string
  readonly index: string
  readonly size: string
  readonly leaf: object
  readonly witnesses: readonly { readonly name: string; readonly time: string }[]
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Where the leaf stands, who has seen that, and what it says, a line each. It is somebody else's text. */
export const proofText = ({ origin, index, size, leaf, witnesses }: ShownProof): string =>
  [
    `Proved: leaf ${index} of the ${size} of ${origin} says`,
    ...Object.entries(leaf).map(([name, value]) => `  ${name.padEnd(10)} ${valueText(value)}`),
    ...witnesses.map(({ name, time }) => `Seen by ${name} at ${time}.`),
  ]
    .map((line) => plain(line))
    .join('\n')
