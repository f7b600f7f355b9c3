/** Where `hoop gateway init` puts things, relative to the configuration's folder. The keys are looked for there and nowhere else. */
export const layout = {
  config: 'hoop.yaml',
  authority: 'tls/ca.pem',
  authorityKey: 'tls/ca-key.pem',
  cert: 'tls/cert.pem',
  key: 'tls/key.pem',
  signingKeys: 'keys/signing.json',
  maskingKey: 'keys/masking.key',
  ledgerKeys: 'keys/ledger.json',
  recordings: 'recordings',
  store: 'hoop.db',
  password: (connection: string) => `secrets/${connection}.password`,
} as const

/** The path in `sqlite:PATH` or `file:FOLDER`, as the configuration names the store and the recordings. */
export const pathIn = (text: string): string => text.slice(text.indexOf(':') + 1)

/** Where the ledger lies: beside the recordings, under their name, unless the configuration says otherwise. */
export const ledgerFolder = ({
  ledger,
  recordings,
}: {
  ledger: { folder?: string | undefined }
  recordings: string
}): string => (ledger.folder === undefined ? `${pathIn(recordings).replace(/\/+$/, '')}-ledger` : pathIn(ledger.folder))
