/** One hot wallet, and its effect on other wallets. */
import { fire, type Step } from './load'
import { type Verdict } from './report'
import type { Setting } from './setting'
import { median, percentile } from './statistics'
import { CONNECTIONS, type Say } from './table-run'
import {
  answerCall,
  type CallTurn,
  check,
  endCall,
  endOpenCalls,
  inTurn,
  startCall,
  type User,
} from './world'

/** Allowed refusals when sixteen connections use a wallet that allows five calls. */
const RULES = ['too_many_calls', 'insufficient_funds', 'rate_limited']
const OTHERS_CONNECTIONS = 4
const P99_AT_MOST = 1.5

type Beside = 'nothing' | 'the same load, spread' | 'one hot wallet'
const BESIDES: readonly Beside[] = ['nothing', 'the same load, spread', 'one hot wallet']

export interface HotReport {
  /** The others' p99 of a whole call in ms, for each round. */
  readonly p99Ms: Readonly<Record<Beside, readonly number[]>>
  readonly hotCalls: number
  readonly refused: ReadonlyMap<string, number>
}

export async function runHot(
  { hosts, world, quiet }: Setting,
  { rounds, requests }: { rounds: number; requests: number },
  say: Say,
): Promise<HotReport> {
  const { url } = hosts.service
  const [hot, ...rest] = world.users as [User, ...User[]]
  const others = rest.slice(0, rest.length / 2)
  const crowd = rest.slice(rest.length / 2)
  const refused = new Map<string, number>()
  let hotCalls = 0
  const stepsOf = (refusable: readonly string[]): [Step<CallTurn>, ...Step<CallTurn>[]] => [
    startCall(world, refusable, (code) => refused.set(code, (refused.get(code) ?? 0) + 1)),
    answerCall(),
    endCall(world),
  ]
  const turnsOf = (users: readonly User[]) => {
    const next = inTurn(users)
    return (): CallTurn => ({ user: next(), callUuid: undefined })
  }
  const press = async (users: readonly User[], isOver: () => boolean) => {
    while (!isOver()) {
      const turns = CONNECTIONS * 4
      const begin = turnsOf(users)
      const fired = await fire({
        url,
        connections: CONNECTIONS,
        turns,
        begin,
        steps: stepsOf(RULES),
      })
      check(fired)
      if (users.includes(hot)) hotCalls += fired.ends.length
      await endOpenCalls(world, (user) => users.includes(user))
    }
  }
  const measureOthers = async () => {
    const connections = OTHERS_CONNECTIONS
    const begin = turnsOf(others)
    const fired = await fire({ url, connections, turns: requests, begin, steps: stepsOf([]) })
    check(fired)
    return percentile(
      fired.ends.map(({ latencyMs }) => latencyMs),
      0.99,
    )
  }
  const underLoad: Record<Beside, readonly User[]> = {
    nothing: [],
    'the same load, spread': crowd,
    'one hot wallet': [hot],
  }
  const p99Ms: Record<Beside, number[]> = {
    nothing: [],
    'the same load, spread': [],
    'one hot wallet': [],
  }
  for (let round = 0; round <= rounds; round++) {
    for (const beside of BESIDES) {
      await quiet()
      let isOver = underLoad[beside].length === 0
      const pressing = press(underLoad[beside], () => isOver)
      const p99 = await measureOthers().finally(() => (isOver = true))
      await pressing
      if (round === 0) continue
      p99Ms[beside].push(p99)
      say(`round ${round} of ${rounds}, beside ${beside}: p99 ${p99.toFixed(1)} ms`)
    }
  }
  return { p99Ms, hotCalls, refused }
}

/** Ratio of the others' slowest hundredth beside the hot wallet to each baseline. */
export function hotVerdicts({ p99Ms }: Pick<HotReport, 'p99Ms'>): Verdict[] {
  return (['nothing', 'the same load, spread'] as const).map((baseline) => {
    const times = median(
      p99Ms['one hot wallet'].map((p99, round) => p99 / (p99Ms[baseline][round] ?? Number.NaN)),
    )
    const target = `other wallets' p99 at most ${P99_AT_MOST} times that beside ${baseline}`
    return { target, found: times.toFixed(2), isReached: times <= P99_AT_MOST }
  })
}
