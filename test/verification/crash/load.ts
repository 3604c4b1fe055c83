/** What the clients do until the service is killed under them: pay in, move money, call, look. */
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
  /** Those that go on, and that no client has in hand. */
  open: Intent[]
  /** Every negative balance that a client was shown, and every answer that may not be. */
  readonly findings: string[]
  answered: number
}

const STEP_MS = 10_000

/** What an intent begins with. A third are calls that go on, so that many run at the kill. */
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

/** One client, which works until it is told to stop or nobody answers any more. */
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
