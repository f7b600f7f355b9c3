import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Done, Order } from './host-process.js'

const script = fileURLToPath(new URL('host-process.ts', import.meta.url))
const idle: ChildProcess[] = []

const start = (): ChildProcess => {
  const host = fork(script, { serialization: 'advanced', execPath: process.execPath, execArgv: [] })
  // Nobody waits for it at the end: it goes when its owner goes.
  host.unref()
  return host
}

/** Runs a command to its end in a process that has run others before. @throws {Error} where the process dies over it */
export const runWarm = async (order: Order): Promise<Done> => {
  const host = idle.pop() ?? start()
  host.channel?.ref()
  try {
    const done = await new Promise<Done>((resolve, reject) => {
      const died = (status: number | null) =>
        reject(new Error(`hoop ${order.args.join(' ')}: its process ended (${status})`))
      host.once('exit', died).once('message', (answer: Done) => {
        host.off('exit', died)
        resolve(answer)
      })
      host.send(order)
    })
    idle.push(host)
    return done
  } finally {
    host.channel?.unref()
  }
}
