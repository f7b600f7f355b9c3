/** Where `hoop gateway init` puts things, relative to the configuration's folder. The keys are looked for there and nowhere else. */
export const layout = {
  config: 'hoop.yaml',
  authority: 'tls/ca.pem',
  authorityKey: 'tls/ca-key.pem',
  cert: 'tls/cert.pem',
  key: 'tls/key.pem',
  signingKeys: 'keys/signing.json',
  maskingKey: 'keys/masking.key',
  recordings: 'recordings',
  store: 'hoop.db',
  password: (connection: string) => `secrets/${connection}.password`,
} as const

/** The path in `sqlite:PATH` or `file:FOLDER`, as the configuration names the store and the recordings. */
export const pathIn = (text: string): string => text.slice(text.indexOf(':') + 1)
