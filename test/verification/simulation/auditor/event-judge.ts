/**
 * The judge of events: it knows which events each committed change must have, from the auditor's own wallets. It checks
 * what streams receive against that, and at rest that nothing is missing.
 */
import { createHash } from 'node:crypto'
import { namedUuid, uuidOf } from './stored-wallet'
import { hold } from './violation'
import type { ModelEvent, WalletModel } from './wallet-model'

const ID_NAMESPACE = Buffer.from('0f3a2d526c474a359f0c7d4a4b8f5c21', 'hex')
const VERSION = 1

interface Received {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly atMs: number
  readonly data: Readonly<Record<string, unknown>>
}

interface Committed {
  readonly walletUuid: string
  readonly revision: number
  readonly events: readonly ModelEvent[]
  /** Streams that must receive it. */
  readonly missingAt: Set<string>
  readonly streams: readonly string[]
}

const lineOf = ({ type, callUuid, atMs, amountKobo }: ModelEvent): string =>
  `${type} ${JSON.stringify(callUuid)} ${atMs} ${amountKobo}`

const lineOfReceived = ({ type, atMs, data }: Received): string => {
  const amount = type === 'call.ended' ? data['cost'] : data['balance']
  const amountKobo = amount === undefined ? null : Math.round(Number(amount) * 100)
  return `${type} ${JSON.stringify(data['call_uuid'] ?? null)} ${atMs} ${amountKobo}`
}

export class EventJudge {
  readonly #hasDeployment: boolean
  readonly #committed = new Map<string, Committed>()
  /** Revision that a stream has last received for the first time, by stream and wallet. */
  readonly #newest = new Map<string, number>()
  readonly #hash = createHash('sha256')
  delivered = 0

  constructor(hasDeployment: boolean) {
    this.#hasDeployment = hasDeployment
  }

  /** Records the events of a command that was committed. */
  committed(wallet: WalletModel, events: readonly ModelEvent[]): void {
    const streams = [
      ...(wallet.isStreamed ? [wallet.userUuid] : []),
      ...(this.#hasDeployment ? ['deployment'] : []),
    ]
    if (streams.length === 0) return
    for (const { revision } of events) {
      const key = `${wallet.userUuid}/${wallet.type}/${revision}`
      if (this.#committed.has(key)) continue
      this.#committed.set(key, {
        walletUuid: uuidOf(wallet),
        revision,
        events: events.filter((event) => event.revision === revision),
        missingAt: new Set(streams),
        streams,
      })
    }
  }

  received(stream: string, events: readonly Received[]): void {
    const [first] = events
    const { user_uuid: user, wallet, revision } = first?.data ?? {}
    const key = `${String(user)}/${String(wallet)}/${String(revision)}`
    const committed = this.#committed.get(key)
    if (!committed) return hold(false, () => `${stream} receives ${key}, which is not committed`)
    hold(committed.streams.includes(stream), () => `${stream} receives ${key} and is not to`)
    const expected = committed.events.map(lineOf).toSorted().join(', ')
    const actual = events.map(lineOfReceived).toSorted().join(', ')
    hold(actual === expected, () => `${stream} receives ${actual} instead of ${expected}`)
    for (const [index, event] of events.entries()) this.#checkForm(committed, event, index)
    this.#checkOrder(stream, committed)
    this.#hash.update(`${stream} ${events.map(({ id }) => id).join(' ')}`)
  }

  #checkForm({ walletUuid, revision }: Committed, event: Received, index: number): void {
    const cause = `wallet/${walletUuid}/${revision}/${index}`
    const id = `evt_${namedUuid(ID_NAMESPACE, cause).replaceAll('-', '')}`
    hold(event.id === id, () => `the ID of ${cause} is ${event.id}`)
    hold(event.version === VERSION, () => `version ${event.version}`)
    hold(event.data['wallet_uuid'] === walletUuid, () => `${cause} names another wallet`)
    hold(event.data['revision'] === revision, () => `${cause} has another revision`)
    hold(!JSON.stringify(event).includes('"+'), () => `${cause} contains a phone number`)
  }

  #checkOrder(stream: string, { walletUuid, revision, missingAt }: Committed): void {
    if (!missingAt.delete(stream)) return
    this.delivered += 1
    const order = `${stream} ${walletUuid}`
    const newest = this.#newest.get(order) ?? 0
    hold(revision > newest, () => `${order} receives revision ${revision} after ${newest}`)
    this.#newest.set(order, revision)
  }

  /** Checks at rest that every stream has everything. */
  checkComplete(): void {
    for (const [key, { missingAt }] of this.#committed)
      hold(missingAt.size === 0, () => `${[...missingAt].join(', ')} never received ${key}`)
  }

  /** Hash of all deliveries, in order. */
  get hash(): string {
    return this.#hash.copy().digest('hex')
  }
}
