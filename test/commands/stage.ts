import { startIdp, type Idp, type IdpOptions } from '../../src/demo/idp.js'
import { type SplicingGateway, startSplicingGateway } from '../agent/splicing-gateway.js'
import { hoop, type HoopOptions, type HoopResult, type RunningHoop, startHoop } from '../helpers/command/hoop.js'
import { hoopLogin, idToken } from '../helpers/login.js'
import { tempFolder } from '../helpers/temp.js'

/** An identity provider, a gateway that only splices, and the home of one person. */
export interface Stage extends AsyncDisposable {
  readonly idp: Idp
  readonly gateway: SplicingGateway
  readonly home: string
  /** Logs `mika` in by device flow. */
  login(): Promise<HoopResult>
  /** Runs a command as who is logged in here. */
  hoop(args: readonly string[], more?: Partial<HoopOptions>): Promise<HoopResult>
  start(args: readonly string[], more?: Partial<HoopOptions>): RunningHoop
  /** The variables with which a command needs no login. */
  token(): Promise<{ HOOP_TOKEN: string; HOOP_GATEWAY: string; HOOP_CA: string }>
}

export const setStage = async (databaseUrl: string, options: IdpOptions = {}): Promise<Stage> => {
  await using stack = new AsyncDisposableStack()
  const idp = stack.use(await startIdp({ interval: 0.1, ...options }))
  const { issuer, clientId } = idp
  const scopes = ['openid', 'profile', 'email', 'offline_access']
  const gateway = stack.use(await startSplicingGateway(databaseUrl, { issuer, clientId, scopes }))
  const { path: home } = stack.use(await tempFolder())
  const owned = stack.move()
  return {
    idp,
    gateway,
    home,
    login: () => hoopLogin(idp, 'mika', gateway, { home }),
    hoop: (args, more) => hoop(args, { home, ...more }),
    start: (args, more) => startHoop(args, { home, ...more }),
    token: async () => ({
      HOOP_TOKEN: await idToken(idp, 'mika'),
      HOOP_GATEWAY: gateway.url,
      HOOP_CA: gateway.caFile,
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
