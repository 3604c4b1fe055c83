/** Measured operations of the service, each with its floor. */
import { fire, type Fired, type Step } from './load'
import type { Setting } from './setting'
import {
  answerCall,
  type CallTurn,
  endCall,
  expected,
  inTurn,
  NEW_CALL,
  startCall,
  type User,
} from './world'

export interface Operation {
  readonly name: string
  /** Name of its floor; a floor has none. */
  readonly floor?: string
  /** Label of the table's row: the work of one turn. */
  readonly title: string
  readonly run: (connections: number, turns: number) => Promise<Fired>
}

/** Factor by which the sustained load is longer, so that projections occur meanwhile. */
const SUSTAINED = 5

const get = (title: string, path: (user: User) => string): Step<CallTurn> => ({
  ask: ({ user }) => ({ method: 'GET', path: path(user), authorization: user.authorization }),
  answered: expected(title, 200),
})

export const READS = {
  wallets: () => '/wallets',
  wallet: ({ walletUuid }: User) => `/wallets/${walletUuid}`,
  call: ({ lastCallUuid }: User) => `/calls/${lastCallUuid}`,
  ledger: ({ walletUuid }: User) => `/wallets/${walletUuid}/transactions?limit=20`,
  tariff: () => '/tariff?phone=08031234567',
} satisfies Record<string, (user: User) => string>

type Steps = readonly [Step<CallTurn>, ...Step<CallTurn>[]]

export function operationsOf({ hosts, world, quiet }: Setting): Operation[] {
  const load =
    (url: string, users: readonly User[], warm: Step<CallTurn>, steps: Steps, times = 1) =>
    async (connections: number, turns: number) => {
      const begin = () => {
        const next = inTurn(users)
        return (): CallTurn => ({ user: next(), callUuid: undefined })
      }
      await quiet()
      await fire({ url, connections, turns: users.length, begin: begin(), steps: [warm] })
      return fire({ url, connections, turns: turns * times, begin: begin(), steps })
    }
  const { users } = world
  const one = users.slice(0, 1)
  const ofService = (among: readonly User[], steps: Steps, times?: number) =>
    load(hosts.service.url, among, get('GET /wallets/{uuid}', READS.wallet), steps, times)
  const floorStep = (verb: string, method: 'GET' | 'POST' = 'GET'): Step<CallTurn> => ({
    ask: ({ user: { userUuid, authorization } }) => ({
      method,
      path: `/${verb}/${userUuid}`,
      authorization,
      ...(method === 'POST' && { body: NEW_CALL }),
    }),
    answered: expected(verb, 200),
  })
  const write = floorStep('write', 'POST')
  const ofFloor = (among: readonly User[], steps: Steps, times?: number) =>
    load(hosts.floor.url, among, floorStep('read'), steps, times)

  /** Passes each open call once, so that each is answered and ended once. */
  const openCalls = (step: Step<CallTurn>) => async (connections: number) => {
    const open = [...world.open].map(([callUuid, user]): CallTurn => ({ user, callUuid }))
    await quiet()
    const begin = inTurn(open)
    const turns = open.length - (open.length % Math.min(connections, open.length))
    return fire({ url: hosts.service.url, connections, turns, begin, steps: [step] })
  }
  const start = startCall(world)
  const whole: Steps = [start, answerCall(), endCall(world)]

  return [
    { name: 'empty', title: 'an empty request', run: ofFloor(users, [floorStep('empty')]) },
    { name: 'token', title: 'a token check', run: ofFloor(users, [floorStep('token')]) },
    { name: 'd1', title: 'one D1 read', run: ofFloor(users, [floorStep('d1')]) },
    { name: 'read', title: 'one object read', run: ofFloor(users, [floorStep('read')]) },
    ...Object.entries({
      wallets: 'GET /wallets (two objects)',
      wallet: 'GET /wallets/{uuid}',
      call: 'GET /calls/{uuid}',
      ledger: 'GET /wallets/{uuid}/transactions',
      tariff: 'GET /tariff',
    }).map(([name, title]) => ({
      name,
      title,
      floor: 'read',
      run: ofService(users, [get(title, READS[name as keyof typeof READS])]),
    })),
    { name: 'write', title: 'one object write', run: ofFloor(users, [write]) },
    { name: 'start', title: 'POST /calls', floor: 'write', run: ofService(users, [start]) },
    {
      name: 'answer',
      title: 'PATCH /calls/{uuid}/answer',
      floor: 'write',
      run: openCalls(answerCall()),
    },
    {
      name: 'end',
      title: 'PATCH /calls/{uuid}/end',
      floor: 'write',
      run: openCalls(endCall(world)),
    },
    { name: 'writes', title: 'three object writes', run: ofFloor(users, [write, write, write]) },
    {
      name: 'whole',
      title: 'a whole call (3 requests)',
      floor: 'writes',
      run: ofService(users, whole),
    },
    {
      name: 'long writes',
      title: 'three object writes, sustained',
      run: ofFloor(users, [write, write, write], SUSTAINED),
    },
    {
      name: 'long whole',
      title: 'a whole call, sustained',
      floor: 'long writes',
      run: ofService(users, whole, SUSTAINED),
    },
    {
      name: 'hot read',
      title: 'one object read, one object',
      run: ofFloor(one, [floorStep('read')]),
    },
    {
      name: 'hot wallet',
      title: 'GET /wallets/{uuid}, one wallet',
      floor: 'hot read',
      run: ofService(one, [get('GET /wallets/{uuid}', READS.wallet)]),
    },
    {
      name: 'hot writes',
      title: 'three object writes, one object',
      run: ofFloor(one, [write, write, write]),
    },
    {
      name: 'hot whole',
      title: 'a whole call, one wallet',
      floor: 'hot writes',
      run: ofService(one, whole),
    },
  ]
}
