/**
 * Payments whose webhooks are lost, late or doubled, with a gateway that often fails and processes that are killed at
 * any step: each is credited, or its user notified, within 30 s of the first moment at which the service can know. In
 * the end each has a receipt, and the receipts of each year are numbered from 1 without a gap.
 */
import process from 'node:process'
import { expect, test } from 'vitest'
import { signBody } from '../../../src/payments/monnify/signature'
import { receiveEvent } from '../../../src/payments/webhook'
import { readKeySet } from '../../../src/receipts/core/jws'
import { lagosYear } from '../../../src/common/text/lagos'
import { verifyFile } from '../../../src/receipts/core/verify'
import { issueDueReceipts } from '../../../src/receipts/issue'
import { compactJws } from '../../../src/receipts/sign'
import { LivenessJudge, OUTAGE_LIMITS } from './auditor/liveness'
import { elapse } from './elapse'
import { type D1Fault, type FaultPlan, NO_FAULTS } from './faults'
import { openScene } from './liveness-scene'
import { asked, UNKNOWN } from './operations/outcome'
import { createRandom, type Random } from '../support/random'
import { SECRET } from './world'

/** 10,000 in a long run: `PAYMENTS=10000 npm test -- --project simulation notices`. */
const PAYMENTS = Number(process.env['PAYMENTS'] ?? 250)
/** Some 30 ms a payment, on a busy machine. */
const LONGEST_MS = 60_000 + PAYMENTS * 100
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const WITHIN_MS = 30 * SECOND_MS
/** Monnify sends an event again after this time, at most this often. */
const RESEND_MS = 5 * MINUTE_MS
const SENDS = 12

type Scene = ReturnType<typeof openScene>

/**
 * Without `applied_late`: the service cannot know of a write that D1 rejected and applied later. The event is then sent
 * again, and starts the clock.
 */
const D1_FAULTS: readonly D1Fault[] = ['down', 'fails', 'answer_lost']

/** A gateway that fails one time in ten, or a process that is killed at a step. */
function faultOf(random: Random): FaultPlan {
  if (random.chance(0.1)) return { gateway: random.pick(['down', 'failing', 'garbled'] as const) }
  if (random.chance(0.1))
    return { d1: { fault: random.pick(D1_FAULTS), atCall: 1 + random.below(12) } }
  if (random.chance(0.1)) return { abortAtStorageCall: 1 + random.below(20) }
  return NO_FAULTS
}

interface Told {
  readonly status: string
  /** When the event was stored. */
  readonly knownAtMs: number | null
  readonly messages: number
  readonly exceptions: number
}

function toldOf({ world }: Scene, reference: string): Told {
  const [row] = world.d1.rows(
    `SELECT status,
       (SELECT received_at_ms FROM webhook_events WHERE payment_reference = payments.reference || '_a1')
         AS knownAtMs,
       (SELECT COUNT(*) FROM messages WHERE messages.id LIKE 'payment_%/' || payments.uuid || '%') AS messages,
       (SELECT COUNT(*) FROM exceptions WHERE subject LIKE payments.reference || '%') AS exceptions
     FROM payments WHERE reference = ?`,
    reference,
  )
  return row as unknown as Told
}

/** The middle of the run is the end of a year in Lagos; a payment takes some 17 minutes. */
const YEAR_END_MS = Date.UTC(2126, 11, 31, 23)
const START_MS = YEAR_END_MS - PAYMENTS * 8 * MINUTE_MS

/** A process that issues receipts and is killed at a step: of D1, of the wallet, or of the numbers. */
function killOf(random: Random): FaultPlan {
  if (random.chance(0.3))
    return { d1: { fault: random.pick(D1_FAULTS), atCall: 1 + random.below(6) } }
  if (random.chance(0.3)) return { abortAtStorageCall: 1 + random.below(16) }
  if (random.chance(0.3)) return { loseReplyOfCommand: 1 + random.below(4) }
  return NO_FAULTS
}

interface Numbered {
  readonly id: string
  readonly year: number
  readonly number: number
  readonly content: string
  readonly keyId: string
  readonly signature: string
  readonly issuedAtMs: number
}

const receiptsIn = ({ world }: Scene): Numbered[] =>
  world.d1.rows(
    `SELECT id, year, number, content, key_id AS keyId, signature, issued_at_ms AS issuedAtMs
     FROM receipts ORDER BY year, number`,
  ) as unknown as Numbered[]

/** Issues what is due, without faults, until nothing is. @returns receipts in the order of their numbers */
async function issueAll(scene: Scene): Promise<Numbered[]> {
  const { world } = scene
  for (let rounds = 0; rounds < PAYMENTS; rounds += 1) {
    world.faults.begin(NO_FAULTS)
    await issueDueReceipts(world.deps)
    const [open] = world.d1.rows(
      'SELECT COUNT(*) AS count FROM receipts WHERE content IS NULL AND next_attempt_at_ms IS NOT NULL',
    )
    if (open?.['count'] === 0) break
    world.pass(MINUTE_MS)
  }
  return receiptsIn(scene)
}

/** Each year has the numbers 1 to n, and the year is that of the issue in Lagos. */
function holdNumbers(receipts: readonly Numbered[]): void {
  const years = Map.groupBy(receipts, ({ year }) => year)
  expect([...years.keys()]).toEqual([2126, 2127])
  for (const [year, ofYear] of years) {
    expect(ofYear.map(({ number }) => number)).toEqual(ofYear.map((_, index) => index + 1))
    for (const { issuedAtMs } of ofYear) expect(lagosYear(issuedAtMs)).toBe(year)
  }
}

const byId = (a: { id?: unknown }, b: { id?: unknown }): number =>
  String(a.id).localeCompare(String(b.id))

const isTold = ({ messages, exceptions }: Told): boolean => messages + exceptions > 0

test(
  `each of ${PAYMENTS} payments is credited, or its user notified, within 30 s`,
  async () => {
    const seed = Number(process.env['SEED'] ?? 20_261_127)
    const random = createRandom(seed)
    const scene = openScene(START_MS)
    const { world } = scene
    const judge = new LivenessJudge(OUTAGE_LIMITS)
    const pass = (forMs: number) =>
      elapse(world, judge, { forMs, mostWakeUps: 1000, isCounting: true })
    let stored = 0
    let killed = 0
    let receipts: readonly Numbered[] = []
    try {
      const userUuid = await scene.addUser()
      for (let index = 0; index < PAYMENTS; index += 1) {
        world.faults.begin(NO_FAULTS)
        const made = await scene.order(userUuid, 'monnify', `key-${index}`)
        if (!made.ok) throw new Error(made.refusal.code)
        const { reference, uuid } = made.value.answer
        const attempt = `${reference}_a1`
        const transaction = world.gateway.transactions.get(attempt)
        if (!transaction) throw new Error('the checkout is not known')
        await pass(random.below(15 * MINUTE_MS))
        Object.assign(transaction, { status: 'PAID', paidKobo: transaction.orderedKobo })
        const paidAtMs = Date.now()
        const body = new TextEncoder().encode(
          JSON.stringify({
            eventType: 'SUCCESSFUL_TRANSACTION',
            eventData: { paymentReference: attempt, index },
          }),
        )
        const signature = await signBody(SECRET, body)
        const isLost = random.chance(0.3)
        const lateMs = random.chance(0.3)
          ? random.below(10 * MINUTE_MS)
          : random.below(5 * SECOND_MS)
        if (!isLost) {
          await pass(lateMs)
          for (let sends = 0; sends < SENDS; sends += 1) {
            world.faults.begin(faultOf(random))
            const received = await asked(world, () => receiveEvent(world.deps, body, signature))
            world.faults.begin(NO_FAULTS)
            const { knownAtMs } = toldOf(scene, reference)
            if (knownAtMs !== null && !isTold(toldOf(scene, reference))) {
              stored += 1
              /** The gateway may stay down: then an exception is recorded. */
              world.faults.begin(random.chance(0.1) ? { gateway: 'down' } : NO_FAULTS)
              await pass(Math.max(0, knownAtMs + WITHIN_MS + SECOND_MS - Date.now()))
              world.faults.begin(NO_FAULTS)
              expect(isTold(toldOf(scene, reference)), `${seed}/${index} after news`).toBe(true)
            }
            if (received !== UNKNOWN && received.ok && !random.chance(0.2)) break
            await pass(RESEND_MS)
          }
        }
        /** With the webhook lost, a poll is the first moment; it comes within six minutes. */
        await pass(Math.max(0, paidAtMs + 6 * MINUTE_MS + WITHIN_MS - Date.now()))
        const told = toldOf(scene, reference)
        expect(told, `${seed}/${index}`).toMatchObject({ status: 'completed' })
        const ids = world.d1.rows('SELECT id FROM messages WHERE id LIKE ?', `payment_%/${uuid}%`)
        expect(ids, `${seed}/${index}`).toEqual([{ id: `payment_completed/${uuid}` }])
        world.faults.begin(killOf(random))
        await issueDueReceipts(world.deps)
        world.faults.begin(NO_FAULTS)
      }
      killed = receiptsIn(scene).filter(({ content }) => content === null).length
      receipts = await issueAll(scene)
      const paid = world.d1.rows(
        "SELECT 'payment/' || uuid AS id FROM payments WHERE status = 'completed' ORDER BY uuid",
      )
      expect(receipts.map(({ id }) => ({ id })).toSorted(byId)).toEqual(paid.toSorted(byId))
      holdNumbers(receipts)
      expect(stored).toBeGreaterThan(PAYMENTS / 50)
      const [wallet] = scene.rowsOf(`${userUuid}/primary`, 'SELECT posted_kobo AS kobo FROM wallet')
      expect(wallet).toEqual({ kobo: 100 * PAYMENTS })
    } finally {
      scene.close()
    }
    console.log(`${receipts.length} receipts, ${killed} of them issued after the last payment`)
    const keys = readKeySet({ keys: await world.deps.signer.publicKeys() }) ?? new Map()
    for (const { content, keyId, signature } of receipts) {
      const signed = compactJws(content, { keyId, signature })
      const file = JSON.stringify({ receipt: JSON.parse(content), signature: signed })
      expect(await verifyFile(file, keys)).toMatchObject({ isGenuine: true })
    }
  },
  LONGEST_MS,
)
