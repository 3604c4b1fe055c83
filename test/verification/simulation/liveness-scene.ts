/** A world without random choices, for the tests of wake-ups. */
import { idempotencyOf } from '../../../src/common/idempotency'
import { kobo, ZERO } from '../../../src/common/money'
import { ok, refuse } from '../../../src/common/result'
import type { PaymentMethod } from '../../../src/payments/core/payment'
import { createPayment } from '../../../src/payments/service'
import type { Payment } from '../../../src/payments/store'
import { LivenessJudge, OUTAGE_LIMITS, QUIET_LIMITS, SPAN_MS } from './auditor/liveness'
import { elapse, type Elapsed } from './elapse'
import { type FaultPlan, NO_FAULTS } from './faults'
import { installPlatform } from './platform'
import { userRow, welcomeOf } from '../../support/new-user'
import { createRandom, uuidFrom } from '../support/random'
import { World } from './world'

const START_MS = Date.UTC(2126, 0, 1)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Bound of an outage whose wake-ups do not end. */
const MOST_WAKE_UPS = 5000

export type Query = World['deps']['gateway']['query']

export function openScene(startMs = START_MS) {
  const platform = installPlatform(startMs)
  const world = new World(1, platform, { isGrounded: false })
  const random = createRandom(5)
  const command = (name: string, method: string, ...args: unknown[]) =>
    world.objects.command(name, method, args)

  async function addUser(): Promise<string> {
    const uuid = uuidFrom(random)
    const email = `${uuid}@example.com`
    await world.userStore.insert(userRow(uuid, email), welcomeOf(uuid))
    return uuid
  }

  const order = (userUuid: string, method: PaymentMethod, key?: string) => {
    const walletType = method === 'wallet' ? 'call_credits' : 'primary'
    const request = { amountKobo: kobo(100), method, walletType, description: null } as const
    return createPayment(world.deps, userUuid, request, idempotencyOf(key, request))
  }

  /** Credits a wallet, like a payment from Monnify. */
  const credit = (name: string, amountKobo: number) =>
    command(name, 'creditPayment', {
      paymentUuid: uuidFrom(random),
      reference: `AIL-${'0'.repeat(32)}_a1`,
      expectedKobo: amountKobo,
      receivedKobo: amountKobo,
    })

  /** Starts and answers a call with credit for five minutes. @returns the wallet's name */
  async function startCall(userUuid: string): Promise<string> {
    const name = `${userUuid}/call_credits`
    await credit(name, 5000)
    const caller = { userUuid, sessionUuid: 'session', tokenVersion: 0 }
    const call = { ...CALL, uuid: uuidFrom(random) }
    await command(name, 'initiateCall', caller, { call, limits: LIMITS })
    await command(name, 'answerCall', caller, call.uuid, LIMITS)
    return name
  }

  /** Row of a new payment, with changes. */
  const paymentRow = (userUuid: string, index: number, more: Partial<Payment>): Payment => ({
    uuid: uuidFrom(random),
    userUuid,
    method: 'monnify',
    walletType: 'primary',
    amountKobo: kobo(100),
    description: null,
    status: 'processing',
    reference: `AIL-${index.toString(16).padStart(32, '0')}`,
    attempt: 1,
    attemptBeganAtMs: Date.now(),
    monnifyReference: null,
    checkoutUrl: 'https://checkout.example/',
    amountPaidKobo: kobo(0),
    creditedEntrySeq: 0,
    failureReason: null,
    nextPollAtMs: Date.now(),
    polls: 0,
    idempotencyKey: null,
    fingerprint: null,
    createdAtMs: Date.now(),
    completedAtMs: null,
    refundedKobo: ZERO,
    refundedEntrySeq: 0,
    nextCheckAtMs: null,
    noticedAtMs: null,
    knownAtMs: null,
    noticeCause: null,
    ...more,
  })

  /** Plays a fault for a span of time. @returns its judge and counts */
  async function suffer(plan: FaultPlan, forMs = SPAN_MS) {
    const isQuiet = !plan.d1 && !plan.fullStorageOf
    const judge = new LivenessJudge(isQuiet ? QUIET_LIMITS : OUTAGE_LIMITS)
    world.faults.begin(plan)
    const elapsed: Elapsed = await elapse(world, judge, { forMs, mostWakeUps: MOST_WAKE_UPS })
    world.faults.begin(NO_FAULTS)
    return { judge, findings: judge.findings, ...elapsed }
  }

  const rowsOf = (name: string, query: string) =>
    world.objects.seen(world.objects.resident(name)).rows(query)

  /** Reports whether no poller and no wallet has an alarm. */
  const isAtRest = () =>
    [...world.pollers.values()].every(({ alarmAtMs }) => alarmAtMs === null) &&
    [...world.objects.residents.values()].every(({ host }) => host.alarmAtMs === null)

  const answerWith = (query: Query) =>
    Object.assign(world.deps, { gateway: { ...world.deps.gateway, query } })

  const close = () => {
    world.close()
    platform.restore()
  }

  const people = { addUser, order, credit, startCall, command }
  return { world, ...people, paymentRow, suffer, rowsOf, isAtRest, answerWith, close }
}

const LIMITS = {
  maxOpenCalls: 5,
  starts: { kind: 'quota', name: 'calls', quota: 100, windowMs: 1000 },
  ringTimeoutMs: 60_000,
  maxDurationMs: 600_000,
}

const CALL = {
  rate: {
    id: 'everywhere',
    version: 1,
    koboPerMinute: 1000,
    unitKobo: 100,
    minimumSeconds: 0,
    incrementSeconds: 1,
    setupKobo: 0,
  },
  recipientPhone: '+2348031234567',
  recipientName: null,
  type: 'audio',
  ticket: 'ticket',
}

/** Transaction of 100 kobo, as returned by the status query. */
export const says = (reference: string, status: string, more: object = {}) =>
  ok({
    transactionReference: `MNFY|${reference}`,
    paymentReference: reference,
    status,
    amountPaidKobo: kobo(100),
    currency: 'NGN',
    ...more,
  })

export const NO_ANSWER = refuse({ code: 'gateway_unavailable' } as const)
