/** A mixed load for minutes: every response must be declared, and memory must not grow. */
import { fire, type Step } from './load'
import { READS } from './operations'
import { memoryBytes } from './processes'
import type { Verdict } from './report'
import type { Setting } from './setting'
import { CONNECTIONS, type Say } from './table-run'
import {
  answerCall,
  type CallTurn,
  check,
  endCall,
  expected,
  inTurn,
  startCall,
  topUp,
  type User,
} from './world'

const MINUTE_MS = 60_000
const TURNS_AT_ONCE = CONNECTIONS * 4
const GROWTH_AT_MOST = 0.1
const MIB = 1024 * 1024

interface Turn extends CallTurn {
  readonly payment: { readonly user: User; reference?: string }
}

interface Document {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, unknown> }>>
}

/** A read whose response must be the expected one, and declared by the service's own document. */
const get = (
  document: Document,
  template: string,
  status: number,
  path: (turn: Turn) => string,
): Step<Turn> => ({
  ask: (turn) => ({
    method: 'GET',
    path: path(turn),
    authorization: status === 401 ? 'Bearer none' : turn.user.authorization,
  }),
  answered: (turn, answered, body) =>
    answered in (document.paths[template]?.['get']?.responses ?? {})
      ? expected(`GET ${template}`, status)(turn, answered, body)
      : `GET ${template}: ${answered} is not declared`,
})

function stepsOf(document: Document, world: Setting['world']): [Step<Turn>, ...Step<Turn>[]] {
  const [pay, verify] = topUp()
  const ofPayment = (step: typeof pay): Step<Turn> => ({
    ask: ({ payment }) => step.ask(payment),
    answered: ({ payment }, status, body) => step.answered(payment, status, body),
  })
  return [
    get(document, '/wallets', 200, READS.wallets),
    startCall(world),
    get(document, '/wallets/{uuid}', 200, ({ user }) => READS.wallet(user)),
    get(document, '/calls/{uuid}', 200, ({ callUuid }) => `/calls/${callUuid}`),
    answerCall(),
    get(document, '/wallets/{uuid}/transactions', 200, ({ user }) => READS.ledger(user)),
    get(document, '/calls', 200, () => '/calls?limit=5'),
    get(document, '/calls', 400, () => '/calls?limit=0'),
    endCall(world),
    get(document, '/tariff', 200, READS.tariff),
    get(document, '/calls/{uuid}', 404, () => `/calls/${crypto.randomUUID()}`),
    ofPayment(pay),
    ofPayment(verify),
    get(document, '/wallets', 401, READS.wallets),
    get(document, '/payments', 200, () => '/payments?limit=5'),
  ]
}

export interface Minute {
  readonly requests: number
  readonly memoryBytes: number | undefined
}

export async function runSoak(
  { hosts, world }: Setting,
  minutes: number,
  say: Say,
): Promise<Minute[]> {
  const { url, pid } = hosts.service
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
  const steps = stepsOf(document, world)
  const next = inTurn(world.users)
  const begin = (): Turn => {
    const user = next()
    return { user, callUuid: undefined, payment: { user } }
  }
  const seen: Minute[] = []
  const beganAtMs = Date.now()
  while (seen.length < minutes) {
    let turns = 0
    const untilMs = beganAtMs + (seen.length + 1) * MINUTE_MS
    while (Date.now() < untilMs) {
      const fired = await fire({
        url,
        connections: CONNECTIONS,
        turns: TURNS_AT_ONCE,
        begin,
        steps,
      })
      check(fired)
      turns += fired.ends.length
    }
    const minute = { requests: turns * steps.length, memoryBytes: pid && memoryBytes(pid) }
    seen.push(minute)
    const mib = minute.memoryBytes === undefined ? '?' : (minute.memoryBytes / MIB).toFixed(0)
    const rate = (minute.requests / 60).toFixed(0)
    say(`minute ${seen.length} of ${minutes}: ${rate} requests a second, ${mib} MiB`)
  }
  return seen
}

/** Growth of the memory since the end of the first minute. */
export function soakVerdicts(minutes: readonly Minute[]): Verdict[] {
  const [first, last] = [minutes[0]?.memoryBytes, minutes.at(-1)?.memoryBytes]
  const target = `memory grows by at most ${GROWTH_AT_MOST * 100} % after the first minute`
  if (minutes.length < 2 || !first || !last)
    return [{ target, found: 'not measured', isReached: false }]
  const found = `${((last / first - 1) * 100).toFixed(1)} %`
  return [{ target, found, isReached: last <= first * (1 + GROWTH_AT_MOST) }]
}
