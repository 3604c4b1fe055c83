/** Simulated receivers of webhooks, and what arrived, in the simulator's tables. */
import type { Run } from './database'
import type { ReceiverFault } from './receiver-faults'

export interface ReceiverSetting {
  readonly fault: ReceiverFault
  /** The fault ends at this time. */
  readonly untilMs: number
  /** `whsec_…`; null if the receiver does not know it, and therefore accepts anything. */
  readonly secret: string | null
}

export interface ReceivedDelivery {
  readonly id: number
  readonly receiver: string
  readonly eventId: string
  readonly body: string
  /** Null without a secret. */
  readonly isGenuine: boolean | null
  /** Status of the response. */
  readonly answer: number
  readonly receivedAtMs: number
}

export interface ReceiverStore {
  receiverSetting(name: string): Promise<ReceiverSetting | undefined>
  setReceiver(name: string, setting: ReceiverSetting): Promise<void>
  recordDelivery(delivery: Omit<ReceivedDelivery, 'id'>): Promise<void>
  /** Newest first. */
  deliveries(receiver: string): Promise<ReceivedDelivery[]>
}

/** Older deliveries of a receiver are removed. */
const KEPT = 100
const COLUMNS = 'id, receiver, eventId, body, isGenuine, answer, receivedAtMs'

type Row = Omit<ReceivedDelivery, 'isGenuine'> & { readonly isGenuine: number | null }

const deliveryOf = ({ isGenuine, ...row }: Row): ReceivedDelivery => ({
  ...row,
  isGenuine: isGenuine === null ? null : isGenuine === 1,
})

export const createReceiverStore = (run: Run): ReceiverStore => ({
  async receiverSetting(name) {
    const select = 'SELECT fault, untilMs, secret FROM simulator_receivers WHERE name = ?'
    return (await run<ReceiverSetting>(select, name)).results[0]
  },
  async setReceiver(name, { fault, untilMs, secret }) {
    await run(
      `INSERT INTO simulator_receivers (name, fault, untilMs, secret) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
          fault = excluded.fault, untilMs = excluded.untilMs, secret = excluded.secret`,
      name,
      fault,
      untilMs,
      secret,
    )
  },
  async recordDelivery({ receiver, eventId, body, isGenuine, answer, receivedAtMs }) {
    await run(
      `INSERT INTO simulator_deliveries (receiver, eventId, body, isGenuine, answer, receivedAtMs)
        VALUES (?, ?, ?, ?, ?, ?)`,
      receiver,
      eventId,
      body,
      isGenuine === null ? null : Number(isGenuine),
      answer,
      receivedAtMs,
    )
    await run(
      `DELETE FROM simulator_deliveries WHERE receiver = ?1 AND id NOT IN
        (SELECT id FROM simulator_deliveries WHERE receiver = ?1 ORDER BY id DESC LIMIT ?2)`,
      receiver,
      KEPT,
    )
  },
  async deliveries(receiver) {
    const select = `SELECT ${COLUMNS} FROM simulator_deliveries WHERE receiver = ? ORDER BY id DESC LIMIT ?`
    return (await run<Row>(select, receiver, KEPT)).results.map(deliveryOf)
  },
})
