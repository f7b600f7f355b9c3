import type { Scene } from './scene.js'
import { contractorLogsIn } from './steps/login.js'
import { looksAround } from './steps/look.js'
import { readsMasked, readsMaskedVector } from './steps/masked.js'
import { isRefused, nothingWasLost } from './steps/refused.js'
import { investigates, investigatorLogsIn } from './steps/replay.js'
import { searches, searchesWithDriver } from './steps/search.js'

export interface Step {
  readonly title: string
  readonly text: string
  readonly run: (scene: Scene) => Promise<void>
}

/** The story, in order. Each step checks what it shows and throws where it isn't so. */
export const tour: readonly Step[] = [
  {
    title: 'A contractor logs in',
    text: 'Casey has no database password. The code is entered in a browser; here a script does that.',
    run: contractorLogsIn,
  },
  { title: 'What may I use?', text: 'The connections, and on what terms.', run: looksAround },
  {
    title: 'Nearest-neighbor search',
    text: 'pgvector works as ever, although the embeddings themselves are masked.',
    run: searches,
  },
  {
    title: 'The same from a program',
    text: 'hoop connect opens a port on localhost for any driver, notebook or GUI.',
    run: searchesWithDriver,
  },
  { title: 'A masked read', text: 'Personal data leaves the gateway masked, whoever asks.', run: readsMasked },
  {
    title: 'A masked embedding',
    text: 'Text can be rebuilt from an embedding, so it is masked by a vector of the same dimensions.',
    run: readsMaskedVector,
  },
  {
    title: 'What the policy refuses',
    text: 'The statement never reaches the database; the error says which rule and what to do.',
    run: isRefused,
  },
  { title: 'Nothing was lost', text: 'The data is as it was.', run: nothingWasLost },
  { title: 'An investigator logs in', text: 'Ines belongs to the auditors’ group.', run: investigatorLogsIn },
  {
    title: 'Who read the cards?',
    text: 'She finds the session by its text and replays it: who, what, when, and the rows as Casey saw them.',
    run: investigates,
  },
]
