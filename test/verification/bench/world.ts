/** Users of a run, their money, and the harness's own books. */
import { fire, type Fired, type Step } from './load'

export interface User {
  readonly userUuid: string
  readonly sessionUuid: string
  readonly authorization: string
  walletUuid: string
  toppedUpKobo: number
  chargedKobo: number
  /** Last ended call, to be read. */
  lastCallUuid: string | undefined
}

export interface CallTurn {
  readonly user: User
  callUuid: string | undefined
}

export interface World {
  readonly url: string
  readonly users: readonly User[]
  /** Open calls, by UUID. */
  readonly open: Map<string, User>
}

const PHONE = '+2348031234567'
export const NEW_CALL = JSON.stringify({ recipient_phone: PHONE, type: 'audio' })
const TOP_UP_NAIRA = 1_000_000
const SETTING_UP_CONNECTIONS = 8

const koboOf = (naira: unknown): number => Math.round(Number(naira) * 100)

/** Describes a response, so that equal ones are counted together. */
const said = (status: number, body: string): string =>
  `${status} ${/"code":"(\w+)"/.exec(body)?.[1] ?? body.slice(0, 200)}`

/** @returns a description of the response if it is not the expected one */
export const expected =
  (what: string, wanted: number) =>
  (_: unknown, status: number, body: string): string | undefined =>
    status === wanted ? undefined : `${what}: ${said(status, body)}`

/** @param refusable codes of allowed refusals, each of which is counted */
export const startCall = (
  world: World,
  refusable: readonly string[] = [],
  wasRefused: (code: string) => void = () => {},
): Step<CallTurn> => ({
  ask: ({ user: { authorization } }) => ({
    method: 'POST',
    path: '/calls',
    authorization,
    body: NEW_CALL,
  }),
  answered: (turn, status, body) => {
    if (status !== 201) {
      const code = refusable.find((one) => body.includes(`"code":"${one}"`))
      if (code === undefined) return expected('start a call', 201)(turn, status, body)
      wasRefused(code)
      return undefined
    }
    const { uuid } = JSON.parse(body) as { uuid: string }
    turn.callUuid = uuid
    world.open.set(uuid, turn.user)
    return undefined
  },
})

const toCall = (
  verb: string,
  taken: (turn: CallTurn, uuid: string, cost: unknown) => void,
): Step<CallTurn> => ({
  ask: ({ user: { authorization }, callUuid }) =>
    callUuid === undefined
      ? undefined
      : { method: 'PATCH', path: `/calls/${callUuid}/${verb}`, authorization },
  answered: (turn, answered, body) => {
    if (answered !== 200) return expected(`${verb} a call`, 200)(turn, answered, body)
    const call = JSON.parse(body) as { uuid: string; cost: number }
    taken(turn, call.uuid, call.cost)
    return undefined
  },
})

export const answerCall = (): Step<CallTurn> => toCall('answer', () => {})

export const endCall = (world: World): Step<CallTurn> =>
  toCall('end', ({ user }, uuid, cost) => {
    world.open.delete(uuid)
    user.chargedKobo += koboOf(cost)
    user.lastCallUuid = uuid
  })

/** Returns the users in rotation. */
export function inTurn<T>(all: readonly T[]): () => T {
  let next = 0
  return () => all[next++ % all.length] as T
}

interface Payment {
  readonly user: User
  reference?: string
}

/** Creates a payment, which Monnify reports as paid, and verifies it. */
export const topUp = (): readonly [Step<Payment>, Step<Payment>] => [
  {
    ask: ({ user: { authorization } }) => ({
      method: 'POST',
      path: '/payments',
      authorization,
      body: JSON.stringify({ amount: TOP_UP_NAIRA, method: 'monnify' }),
    }),
    answered: (turn, status, body) => {
      if (status !== 201) return expected('pay', 201)(turn, status, body)
      turn.reference = (JSON.parse(body) as { payment_reference: string }).payment_reference
      return undefined
    },
  },
  {
    ask: ({ user: { authorization }, reference }) =>
      reference === undefined
        ? undefined
        : { method: 'POST', path: `/payments/verify/${reference}`, authorization },
    answered: (turn, status, body) => {
      if (status !== 200 || !body.includes('"status":"completed"'))
        return `verify a payment: ${said(status, body)}`
      turn.user.toppedUpKobo += TOP_UP_NAIRA * 100
      return undefined
    },
  },
]

interface WalletSeen {
  readonly uuid: string
  readonly type: string
  readonly balance: number
  readonly held: number
}

const lookAtWallets = (world: World, see: (user: User, credits: WalletSeen) => void) =>
  once(world, world.users, {
    ask: (user) => ({ method: 'GET', path: '/wallets', authorization: user.authorization }),
    answered: (user, status, body) => {
      if (status !== 200) return expected('list wallets', 200)(user, status, body)
      const wallets = JSON.parse(body) as WalletSeen[]
      const credits = wallets.find(({ type }) => type === 'call_credits')
      if (credits) see(user, credits)
      return credits ? undefined : 'list wallets: no call credits'
    },
  })

/** Runs the steps once for each. @throws if a response is wrong */
async function once<T>({ url }: World, all: readonly T[], ...steps: [Step<T>, ...Step<T>[]]) {
  const rest = all.length % SETTING_UP_CONNECTIONS
  const part = async (turns: readonly T[], connections: number) => {
    if (turns.length === 0) return
    check(await fire({ url, connections, turns: turns.length, begin: inTurn(turns), steps }))
  }
  await part(all.slice(rest), SETTING_UP_CONNECTIONS)
  await part(all.slice(0, rest), 1)
}

/** @throws if responses were wrong */
export function check({ wrong }: Fired): void {
  if (wrong.size === 0) return
  const lines = [...wrong].map(([what, times]) => `${times} × ${what}`)
  throw new Error(`answers were wrong:\n${lines.slice(0, 20).join('\n')}`)
}

/** Each user tops up once, and makes a call. */
export async function fund(world: World): Promise<void> {
  await lookAtWallets(world, (user, { uuid }) => (user.walletUuid = uuid))
  await once(
    world,
    world.users.map((user): Payment => ({ user })),
    ...topUp(),
  )
  await once(
    world,
    world.users.map((user): CallTurn => ({ user, callUuid: undefined })),
    startCall(world),
    answerCall(),
    endCall(world),
  )
}

/** Ends all open calls of the given users. */
export const endOpenCalls = (
  world: World,
  isOf: (user: User) => boolean = () => true,
): Promise<void> =>
  once(
    world,
    [...world.open]
      .filter(([, user]) => isOf(user))
      .map(([callUuid, user]): CallTurn => ({ user, callUuid })),
    endCall(world),
  )

/** Checks, without open calls, that each balance is the amount credited less charged. @returns differences */
export async function checkBooks(world: World): Promise<string[]> {
  const findings: string[] = []
  await lookAtWallets(world, ({ toppedUpKobo, chargedKobo }, { uuid, balance, held }) => {
    const dueKobo = toppedUpKobo - chargedKobo
    if (koboOf(balance) !== dueKobo || held !== 0)
      findings.push(`wallet ${uuid} has ${balance} and holds ${held}, not ${dueKobo / 100}`)
  })
  return findings
}
