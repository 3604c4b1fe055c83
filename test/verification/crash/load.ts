/** Load of the clients until the kill: top-ups, transfers, calls and reads. */
import { asks, type User } from '../books/books.ts'
import { doStep } from './client.ts'
import type { Intent, Step } from './journal.ts'
import type { Random } from '../support/random.ts'
import { readWallet } from '../books/records.ts'
import { listOf } from '../books/wire.ts'

export interface Load {
  readonly users: readonly [User, ...User[]]
  readonly random: Random
  readonly intents: Intent[]
  /** Unfinished intents that no client is working on. */
  open: Intent[]
  /** Negative balances and forbidden responses. */
  readonly findings: string[]
  answered: number
}

const STEP_MS = 10_000

/** First steps of intents. Many are calls, so that many run at the kill. */
const BEGINNINGS: readonly [Step, ...Step[]] = ['start', 'start', 'start', 'pay', 'pay', 'transfer']

type Wish = Pick<Intent, 'next' | 'user' | 'amountKobo'>

export function begin({ intents }: Load, wish: Wish): Intent {
  const tag = `${wish.next}-${intents.length}`
  const intent: Intent = { ...wish, tag, isUnknown: false, isRefused: false }
  intents.push(intent)
  return intent
}

function beginAny(load: Load): Intent {
  const { random, users } = load
  const next = random.pick(BEGINNINGS)
  const amountKobo = next === 'transfer' ? random.between(100, 9000) : random.between(5000, 40_000)
  return begin(load, { next, user: random.below(users.length), amountKobo })
}

async function look({ users, random, findings }: Load, url: string): Promise<boolean> {
  const user = users[random.below(users.length)] ?? users[0]
  const answer = await asks(url, user, { method: 'GET', path: '/wallets', timeoutMs: STEP_MS })
  const wallets = answer ? listOf(answer).map(readWallet) : []
  for (const { balanceKobo, heldKobo } of wallets)
    if (balanceKobo < 0 || heldKobo < 0) findings.push(`${user.name} was shown less than nothing`)
  return answer !== undefined
}

/** Runs one client until the load is over or the service stops responding. */
export async function runClient(load: Load, url: string, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const chance = load.random.below(10)
    if (chance === 0) {
      if (await look(load, url)) load.answered++
      continue
    }
    const open = chance < 5 ? load.open.shift() : undefined
    const intent = open ?? beginAny(load)
    const user = load.users[intent.user] ?? load.users[0]
    try {
      const outcome = await doStep(url, user, intent, STEP_MS)
      if (outcome === 'unknown') continue
      load.answered++
      if (intent.next) load.open.push(intent)
    } catch (error) {
      load.findings.push(error instanceof Error ? error.message : String(error))
    }
  }
}
