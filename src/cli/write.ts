import { once } from 'node:events'

/** Writes and waits where the reader is slow: memory stays bounded however much there is. */
export async function write(stream: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  if (data.length > 0 && !stream.write(data)) await once(stream, 'drain')
}
