import type { Definition } from './definition.js'

/** What is told of the gateway's machine, process and files. */
export const hostDefinitions = {
  hoop_free_bytes: {
    type: 'gauge',
    help: 'Free space where recordings and store are. Under 64 MiB for recordings the gateway is not ready.',
    labels: ['of'],
  },
  hoop_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When a certificate ends: gateway, authority (gateway.tls.ca), client (sslcert or client_certificate of a connection and its entries; of several, the first to end), database (sslrootcert; of several, the last to end).',
    labels: ['certificate', 'connection'],
  },
  hoop_key_written_timestamp_seconds: {
    type: 'gauge',
    help: 'When a key file was written: signing, masking. Neither ends by itself.',
    labels: ['key'],
  },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process.', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory of the process.', labels: [] },
  process_start_time_seconds: { type: 'gauge', help: 'When the process was started.', labels: [] },
  process_open_fds: { type: 'gauge', help: 'Open file descriptors (Linux).', labels: [] },
  process_max_fds: { type: 'gauge', help: 'How many there may be (Linux).', labels: [] },
} as const satisfies Record<string, Definition>
