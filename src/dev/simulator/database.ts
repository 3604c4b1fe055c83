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
  'CREATE TABLE IF NOT EXISTS simulator_settings (id INTEGER PRIMARY KEY, faults TEXT NOT NULL)',
]

export type Run = <Row>(query: string, ...values: unknown[]) => Promise<D1Result<Row>>

/** IDs of the rows of `simulator_settings`. */
export const SETTING_IDS = { payments: 1, refunds: 2 } as const

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

/** @returns the stored setting, or `undefined` if none was stored */
export async function readSetting<T>(run: Run, id: number): Promise<T | undefined> {
  const { results } = await run<{ faults: string }>(
    'SELECT faults FROM simulator_settings WHERE id = ?',
    id,
  )
  return results[0] && (JSON.parse(results[0].faults) as T)
}

export async function writeSetting(run: Run, id: number, setting: object): Promise<void> {
  await run(
    `INSERT INTO simulator_settings (id, faults) VALUES (?, ?)
      ON CONFLICT (id) DO UPDATE SET faults = excluded.faults`,
    id,
    JSON.stringify(setting),
  )
}
