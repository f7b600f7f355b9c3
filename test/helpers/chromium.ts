import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import { tempFolder } from './temp.js'

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser of the machine, if there is one. */
export const findChromium = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(isProgram)

type Result = Readonly<Record<string, unknown>>
type Call = (method: string, params?: object) => Promise<Result>

interface Message extends Result {
  readonly id?: number
  readonly result?: Result
  readonly error?: { readonly message: string }
  readonly method?: string
}

/** A node as a screen reader has it. */
export interface Spoken {
  readonly role: string
  readonly name: string
  readonly description: string
}

export interface Screen {
  readonly width: number
  readonly height: number
  readonly dark?: boolean
}

/** One page of a real browser; scripts of its own run only where it was opened with them. */
export interface Tab extends AsyncDisposable {
  goto(url: string): Promise<void>
  url(): Promise<string>
  /** What a screen reader reads. */
  spoken(): Promise<Spoken[]>
  /** Waits until something with this role and name is there. */
  until(role: string, name: RegExp): Promise<Spoken>
  /** Presses Tab until what has the focus is called so. @throws {Error} where the keyboard doesn't lead there */
  focus(name: RegExp): Promise<void>
  /** Enter on what has the focus; waits for the page that it leads to. */
  enter(): Promise<void>
  /** Enter on what has the focus, where it leads to no other page. */
  press(): Promise<void>
  type(text: string): Promise<void>
  /** Chooses a file in the field that a CSS selector names. */
  choose(selector: string, path: string): Promise<void>
  resize(screen: Screen): Promise<void>
  /** Of the whole page, which is wider than the screen where it has to be scrolled sideways. */
  width(): Promise<number>
  /** PNG of the page, as far down as the screen goes or as said. */
  picture(height?: number): Promise<Buffer>
}

const textOf = (field: unknown): string => {
  const value = (field as { value?: unknown } | undefined)?.value
  return typeof value === 'string' ? value : ''
}

/** Starts Chromium and drives it over a pipe (Chrome DevTools Protocol), as `--remote-debugging-pipe` has it. */
export const openChromium = async (program: string, { scripts = false } = {}): Promise<Tab> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder('hoop-chromium-'))
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--ignore-certificate-errors']
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--lang=en-US']
  const child = spawn(
    program,
    [...flags, ...quiet, '--remote-debugging-pipe', `--user-data-dir=${folder.path}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder.path } },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  stack.defer(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const [, , , to, from] = child.stdio as unknown as [null, null, null, Writable, Readable]
  to.on('error', () => undefined)
  const waiting = new Map<number, (message: Message) => void>()
  let loads = 0
  let rest = ''
  from.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages.map((text) => JSON.parse(text) as Message)) {
      if (message.method === 'Page.loadEventFired') loads++
      if (message.id !== undefined) waiting.get(message.id)?.(message)
    }
  })
  let number = 0
  const send = (method: string, params: object = {}, sessionId?: string): Promise<Result> =>
    new Promise((resolve, reject) => {
      const id = ++number
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id)
        if (error) reject(new Error(`${method}: ${error.message}`))
        else resolve(result ?? {})
      })
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`)
    })
  const { targetInfos } = (await send('Target.getTargets')) as { targetInfos: { targetId: string; type: string }[] }
  const { targetId } = targetInfos.find(({ type }) => type === 'page')!
  const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
  const call: Call = (method, params) => send(method, params, sessionId)
  for (const domain of ['Page', 'DOM', 'Accessibility']) await call(`${domain}.enable`)
  await call('Emulation.setScriptExecutionDisabled', { value: !scripts })
  const loaded = async (before: number): Promise<void> => {
    for (let tries = 0; loads === before; tries++) {
      if (tries > 600) throw new Error('no page was loaded')
      await after(25)
    }
  }
  const nodes = async () => {
    const { nodes: all } = (await call('Accessibility.getFullAXTree')) as { nodes: Result[] }
    return all.filter(({ ignored }) => ignored !== true)
  }
  const spokenOf = (node: Result): Spoken => ({
    ...{ role: textOf(node['role']), name: textOf(node['name']), description: textOf(node['description']) },
  })
  const key = async (name: string, code: number, text?: string): Promise<void> => {
    const params = { key: name, code: name, windowsVirtualKeyCode: code }
    await call('Input.dispatchKeyEvent', { ...params, type: text === undefined ? 'rawKeyDown' : 'keyDown', text })
    await call('Input.dispatchKeyEvent', { ...params, type: 'keyUp' })
  }
  const focused = async (): Promise<Spoken | undefined> => {
    const isFocused = ({ properties }: Result) =>
      (properties as { name: string; value: { value: unknown } }[] | undefined)?.some(
        (one) => one.name === 'focused' && one.value.value === true,
      )
    const found = (await nodes()).filter((node) => isFocused(node) && textOf(node['role']) !== 'RootWebArea')
    return found.map(spokenOf).at(-1)
  }
  const owned = stack.move()
  const tab: Tab = {
    goto: async (url) => {
      const before = loads
      await call('Page.navigate', { url })
      await loaded(before)
    },
    url: async () => {
      const { currentIndex, entries } = (await call('Page.getNavigationHistory')) as {
        currentIndex: number
        entries: { url: string }[]
      }
      return entries[currentIndex]?.url ?? ''
    },
    spoken: async () => (await nodes()).map(spokenOf),
    until: async (role, name) => {
      for (let tries = 0; tries < 200; tries++) {
        const found = (await tab.spoken()).find((one) => one.role === role && name.test(one.name))
        if (found) return found
        await after(50)
      }
      throw new Error(`no ${role} ${name}: ${JSON.stringify(await tab.spoken())}`)
    },
    focus: async (name) => {
      const passed = []
      for (let tries = 0; tries < 60; tries++) {
        const on = await focused()
        if (on && name.test(on.name)) return
        passed.push(on?.name)
        await key('Tab', 9)
      }
      throw new Error(`the keyboard leads to ${passed.join(', ')}`)
    },
    enter: async () => {
      const before = loads
      await key('Enter', 13, '\r')
      await loaded(before)
    },
    press: () => key('Enter', 13, '\r'),
    choose: async (selector, path) => {
      const { root } = (await call('DOM.getDocument')) as { root: { nodeId: number } }
      const { nodeId } = await call('DOM.querySelector', { nodeId: root.nodeId, selector })
      await call('DOM.setFileInputFiles', { nodeId, files: [path] })
    },
    type: async (text) => void (await call('Input.insertText', { text })),
    resize: async ({ width, height, dark = false }) => {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
      await call('Emulation.setEmulatedMedia', { features })
    },
    width: async () => ((await call('Page.getLayoutMetrics'))['cssContentSize'] as { width: number }).width,
    picture: async (height) => {
      const { cssContentSize: whole } = (await call('Page.getLayoutMetrics')) as {
        cssContentSize: { width: number; height: number }
      }
      const clip = { x: 0, y: 0, scale: 1, width: whole.width, height: Math.min(height ?? whole.height, whole.height) }
      const params = { format: 'png', captureBeyondViewport: true, clip }
      return Buffer.from(String((await call('Page.captureScreenshot', params))['data']), 'base64')
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  return tab
}
