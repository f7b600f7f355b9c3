/** A stream that is to go on, on another link. */
export interface Resumption {
  readonly id: string
  /** Counts up: each attempt is good once. */
  readonly attempt: number
  /** Bytes that have been received of it. */
  readonly received: number
}

/** In the request of a stream that may be resumed later. */
export const asksToLast = 'new'

const form = /^([\w-]{22}) (\d{1,15}) (\d{1,15})$/

export const writeResumption = ({ id, attempt, received }: Resumption): string => `${id} ${attempt} ${received}`

/** @returns undefined where it is none */
export const readResumption = (text: string): Resumption | undefined => {
  const [, id, attempt, received] = form.exec(text) ?? []
  return id === undefined ? undefined : { id, attempt: Number(attempt), received: Number(received) }
}

/** What a gateway answers to a stream that may be resumed: its id, and milliseconds for which it is kept. */
export const writeKept = (id: string, time: number): string => `${id} ${time}`

/** @returns undefined where it may not be */
export const readKept = (text: string): { id: string; time: number } | undefined => {
  const [, id, time] = /^([\w-]{22}) (\d{1,9})$/.exec(text) ?? []
  return id === undefined ? undefined : { id, time: Number(time) }
}
