/**
 * The simulator's own tables in the local D1. It creates them itself, so production does not have them, and
 * they survive a restart.
 */
const CREATE = [
  `CREATE TABLE IF NOT EXISTS simulator_transactions (
    transaction_reference TEXT PRIMARY KEY,
    payment_reference TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_sent_events (
    id INTEGER PRIMARY KEY,
    paymentReference TEXT NOT NULL,
    body TEXT NOT NULL,
    signature TEXT,
    answer INTEGER NOT NULL,
    verdict TEXT,
    sentAtMs INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_refunds (
    id INTEGER PRIMARY KEY,
    refund_reference TEXT NOT NULL UNIQUE,
    transaction_reference TEXT NOT NULL,
    state TEXT NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS simulator_refunds_of_transaction
    ON simulator_refunds (transaction_reference)`,
  `CREATE TABLE IF NOT EXISTS simulator_settlements (
    reference TEXT PRIMARY KEY,
    transactions TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_mails (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    receivedAtMs INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_faults (
    user TEXT NOT NULL,
    kind TEXT NOT NULL,
    setting TEXT NOT NULL,
    untilMs INTEGER NOT NULL,
    PRIMARY KEY (user, kind)
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_receivers (
    name TEXT PRIMARY KEY,
    fault TEXT NOT NULL,
    untilMs INTEGER NOT NULL,
    secret TEXT
  )`,
  `CREATE TABLE IF NOT EXISTS simulator_deliveries (
    id INTEGER PRIMARY KEY,
    receiver TEXT NOT NULL,
    eventId TEXT NOT NULL,
    body TEXT NOT NULL,
    isGenuine INTEGER,
    answer INTEGER NOT NULL,
    receivedAtMs INTEGER NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS simulator_deliveries_of_receiver
    ON simulator_deliveries (receiver, id)`,
]

export type Run = <Row>(query: string, ...values: unknown[]) => Promise<D1Result<Row>>

export const createRun =
  (d1: D1Database): Run =>
  async <Row>(query: string, ...values: unknown[]) => {
    const statements = [
      ...CREATE.map((create) => d1.prepare(create)),
      d1.prepare(query).bind(...values),
    ]
    const result = (await d1.batch<Row>(statements)).at(-1)
    if (!result) throw new Error('the batch returned no result')
    return result
  }
