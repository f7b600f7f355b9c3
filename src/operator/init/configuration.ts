import { stringify } from 'yaml'
import { layout } from '../../gateway/host/layout.js'
import { type Answers, passwordVariable } from './answers.js'

/** A text as one YAML scalar, quoted where it has to be. */
const scalar = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd()

/** Where the configuration says that the first connection's password is. */
const passwordSource = ({ connection }: Answers): string =>
  connection.password === undefined
    ? `env:${passwordVariable(connection.name)}`
    : `file:${layout.password(connection.name)}`

/** The text of a new `hoop.yaml`, commented for whoever edits it next. */
export const configurationText = (answers: Answers): string => `\
# This gateway's configuration and its policies. Paths are relative to this file.
# After a change: hoop gateway check. A running gateway takes it up by itself (or on SIGHUP) for sessions that begin
# afterwards, and keeps what it had where the file has a mistake. A change under gateway: takes a restart.

gateway:
  url: ${scalar(answers.url)} # what clients use
  listen: ${scalar(answers.listen)}
  tls:
    cert: ${layout.cert} # replaced files are taken up without a restart
    key: ${layout.key}
    ca: ${layout.authority} # clients need it for their first login: hoop login --ca ca.pem
  store: sqlite:${layout.store}
  recordings: file:${layout.recordings}
  # ledger: # proves that nothing was altered; name places that this machine can add to and not change
  #   copies: [file:/mnt/append-only/hoop]
  drain: 30s # what live sessions get when the gateway is told to stop

identity:
  issuer: ${scalar(answers.issuer)}
  client_id: ${scalar(answers.clientId)} # a public client with the device code and refresh token grants
  groups_claim: groups # the claim of the ID token that lists a person's groups
  admins: [] # groups whose members run this gateway
  auditors: [] # groups whose members may see everybody's sessions
  grant:
    ttl: 10m # renewed at half-life; a person disabled at the issuer is out when it ends

connections:
  ${scalar(answers.connection.name)}:
    url: ${scalar(answers.connection.url)}
    password: ${scalar(passwordSource(answers))} # env:NAME or file:PATH, read at each login
    access: # the first entry that fits a person holds
      - groups: [${scalar(answers.group)}]
        policy: default

policies:
  default:
    clear_for: [] # groups that see masked columns in the clear; recordings stay masked
    masks: []
    # masks:
    #   - { columns: [public.customers.email], with: email }
    #   - { columns: [public.customers.ssn], with: { keep_last: 4 } }
    #   - { columns: [public.documents.embedding], with: vector, distances: compare } # same dimension, still valid for <=>
    predicates: { default: equality, guesses: 1000/day } # what one person may try masked columns, and distances, with
    vectors: { queries: 200/day, neighbors: 20000/day } # what one person may search masked vectors for, and find
    rules:
      - { name: no-drop, when: { statement: [drop, truncate] }, do: block }
      - { name: blind-write, when: { statement: [update, delete], where: missing }, do: block }
`
