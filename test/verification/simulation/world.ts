/**
 * One small world: a few users, the service's own code, and replacements of everything outside it. Each world of a
 * run depends only on its seed.
 */
import { drizzle } from 'drizzle-orm/d1'
import type { CallDeps } from '../../../src/calls/service'
import { createExceptionStore } from '../../../src/exceptions/store'
import { createPaymentPoller } from '../../../src/payments/poller-object'
import { createCheckStore } from '../../../src/payments/check-store'
import { createMonnify } from '../../../src/payments/monnify/client'
import type { PaymentDeps } from '../../../src/payments/service'
import { pollPayment } from '../../../src/payments/poll'
import { createPaymentStore } from '../../../src/payments/store'
import type { WebhookDeps } from '../../../src/payments/webhook'
import { kobo } from '../../../src/common/money'
import { ok } from '../../../src/common/result'
import type { IssueDeps } from '../../../src/receipts/issue'
import { NUMBERS_NAME, Numbers } from '../../../src/receipts/numbers-object'
import { fixedTariff } from '../../support/tariffs'
import { createReceiptStore } from '../../../src/receipts/store'
import { confirmRefund } from '../../../src/refunds/pay'
import type { RefundDeps } from '../../../src/refunds/service'
import { createRefundStore } from '../../../src/refunds/store'
import { isReserved } from '../../../src/auth/recovery/store'
import { createUserStore, type UserStore } from '../../../src/users/store'
import { createWalletClient } from '../../../src/wallets/object/client'
import type { RoomOf } from '../../../src/wallets/object/rooms'
import { Auditor } from './auditor/auditor'
import { EventJudge } from './auditor/event-judge'
import type { LivenessLimits } from './auditor/liveness'
import { Orders } from './auditor/orders'
import { D1 } from './d1'
import { Faults } from './faults'
import { GatewayTwin } from './gateway'
import { ObjectHost } from './object-host'
import { Objects } from './objects'
import type { Platform } from './platform'
import { createRandom, type Random } from '../support/random'
import { Scheduler } from './scheduler'
import { type Scenery, sceneryOf } from './scenery'
import { simulatedSigner } from './signer'
import { NO_STREAMS, type StreamOwners, StreamTwin } from './streams'

export const SECRET = 'the secret that signs events'

const quiet = { redirectUrl: undefined, contractCode: '1', apiKey: 'key', secretKey: SECRET }

/** Request without a response, which the client may repeat with its key. */
export interface Unresolved {
  readonly what: string
  readonly again: () => Promise<string>
}

export type Deps = CallDeps & PaymentDeps & WebhookDeps & RefundDeps & IssueDeps

export interface User {
  readonly uuid: string
  session: { userUuid: string; sessionUuid: string; tokenVersion: number }
}

type Poller = { start(atMs: number): Promise<void>; alarm(): Promise<void> }

export interface WorldOptions {
  /** Whether money from outside needs a status of the gateway. */
  readonly isGrounded?: boolean
  /** Who may have a stream of events. By default, no one. */
  readonly streamOwners?: StreamOwners
  readonly roomOf?: RoomOf
  readonly onCommitted?: (name: string) => void
}

export class World {
  readonly platform: Platform
  readonly scenery: Scenery
  readonly faults = new Faults()
  readonly scheduler = new Scheduler()
  readonly d1 = new D1(this.faults, this.scheduler)
  readonly gateway = new GatewayTwin(this.faults, this.scheduler, (ms) => this.pass(ms))
  readonly orders = new Orders(this.gateway, this.d1)
  readonly auditor: Auditor
  readonly eventJudge: EventJudge
  readonly streams: StreamTwin
  readonly objects: Objects
  readonly pollers = new Map<string, ObjectHost<Poller>>()
  readonly numbers = new ObjectHost(NUMBERS_NAME, (ctx) => new Numbers(ctx, {} as Env), this.faults)
  readonly deps: Deps
  readonly userStore: UserStore
  readonly users: User[] = []
  unresolved: Unresolved[] = []
  /** Calls that clients know, by user. */
  readonly calls: { readonly user: User; readonly uuid: string }[] = []
  /** Whether several operations are running. */
  isShared = false
  violation: unknown
  /** The largest number of wake-ups of one payment and of one wallet in one outage. */
  mostInOutages: LivenessLimits = { payment: 0, wallet: 0 }

  constructor(
    seed: number,
    platform: Platform,
    { isGrounded = true, streamOwners = NO_STREAMS, roomOf, onCommitted }: WorldOptions = {},
  ) {
    this.platform = platform
    this.eventJudge = new EventJudge(streamOwners.deployment)
    this.auditor = new Auditor(isGrounded ? this.orders : undefined, this.eventJudge)
    this.scenery = sceneryOf(createRandom(seed))
    const report = (error: unknown) => (this.violation ??= error)
    this.streams = new StreamTwin(streamOwners, this.eventJudge, report)
    const { faults, scheduler, auditor, streams } = this
    const d1 = this.d1.binding()
    const surroundings = { d1, auditor, faults, scheduler, streams }
    this.objects = new Objects({ ...surroundings, report, roomOf, onCommitted })
    const db = drizzle(this.d1.binding())
    this.userStore = createUserStore(db, isReserved)
    const wallets = createWalletClient(this.objects.namespace)
    const now = () => Date.now()
    const neither = () => {
      throw new Error('nobody watches, and nobody logs in')
    }
    const monnify = createMonnify({
      ...quiet,
      baseUrl: 'https://monnify.example',
      fetch: this.gateway.fetch,
      now,
    })
    this.deps = {
      ...this.scenery,
      tariff: fixedTariff(this.scenery.tariff),
      wallets,
      tokens: new Proxy({} as Deps['tokens'], { get: neither }),
      defaultCountry: 'NG',
      now,
      paymentStore: createPaymentStore(db),
      exceptionStore: createExceptionStore(db),
      gateway: monnify,
      refundGateway: monnify,
      checkStore: createCheckStore(db),
      confirmRefund: (reference) => confirmRefund(this.deps, reference),
      recordSettlement: () => Promise.resolve(),
      refundStore: createRefundStore(db),
      confirmIdentity: async () => ok(null),
      refundLimits: { windowMs: 1e12, userDayKobo: kobo(1e12), operatorDayKobo: kobo(1e12) },
      webhookSecrets: [SECRET],
      webhookIps: [],
      checkPayer: async () => ok(null),
      customerOf: async () => ({ name: 'A Customer', email: 'customer@example.com' }),
      deliverMail: () => undefined,
      /** As if the process ended with the response; only the cron job issues receipts. */
      issueReceipt: () => undefined,
      receiptStore: createReceiptStore(db),
      allocateNumber: (key, atMs) => this.allocate(key, atMs),
      signer: simulatedSigner(),
      receiptTerms: { vatRate: 750, vatPoint: 'topup', issuer: ['Example Ltd'] },
      startPoller: async (reference, atMs) => (await this.poller(reference).wake()).start(atMs),
      wait: async (ms) => {
        this.pass(ms)
        await scheduler.turn()
      },
    }
  }

  /** The object may be lost before or after it stored the number, and its reply may be lost. */
  async allocate(key: string, atMs: number) {
    await this.scheduler.turn()
    const object = await this.numbers.wake().catch((error: unknown) => {
      this.numbers.abort()
      throw error
    })
    const { losses } = this.numbers
    const allocation = object.allocate(key, atMs)
    if (this.numbers.losses !== losses || this.faults.losesReply())
      throw this.faults.lost('the number was lost')
    return allocation
  }

  poller(reference: string): ObjectHost<Poller> {
    let host = this.pollers.get(reference)
    if (!host) {
      const Class = createPaymentPoller((asked) => pollPayment(this.deps, asked))
      const build = (ctx: DurableObjectState) => new Class(ctx, {} as Env)
      this.pollers.set(reference, (host = new ObjectHost(reference, build, this.faults)))
    }
    return host
  }

  pass(ms: number): void {
    this.platform.nowMs += ms
  }

  close(): void {
    for (const host of this.pollers.values()) host.close()
    this.numbers.close()
    this.objects.close()
    this.d1.close()
  }

  user(random: Random): User {
    return random.pick(this.users)
  }
}
