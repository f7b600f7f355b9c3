/** As much of a CPU profile as the table needs. @see Chrome DevTools Protocol, Profiler.Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  /** Microseconds between a sample and the one before it. */
  readonly timeDeltas: readonly number[]
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** A connection to another Node process's inspector. */
export class Inspector implements Disposable {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as Answer
      if (error) this.#waiting.get(id)?.reject(new Error(error.message))
      else this.#waiting.get(id)?.resolve(result)
      this.#waiting.delete(id)
    })
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the process under inspection has ended'))
    })
  }

  static async open(address: string): Promise<Inspector> {
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${address}`)))
    })
    return new Inspector(socket)
  }

  /** Samples the process every half millisecond while `work` runs. */
  async profile(work: Promise<unknown>): Promise<CpuProfile> {
    await this.#send('Profiler.enable')
    await this.#send('Profiler.setSamplingInterval', { interval: 500 })
    await this.#send('Profiler.start')
    await work
    return ((await this.#send('Profiler.stop')) as { profile: CpuProfile }).profile
  }

  /** What an expression gives in the process, where that is a plain value. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = (await this.#send('Runtime.evaluate', { expression, returnByValue: true })) as {
      readonly result: { readonly value?: unknown }
    }
    return result.value
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(++this.#last, answer)
    this.#socket.send(JSON.stringify({ id: this.#last, method, params }))
    return answer.promise
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
