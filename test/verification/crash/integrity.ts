/** Reads the database files of the service after it ended. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** SQLite's messages about a file; none if it is intact. */
function checkFile(path: string): string[] {
  const database = new DatabaseSync(path)
  try {
    const rows = database.prepare('PRAGMA integrity_check').all()
    return rows.map((row) => String(row['integrity_check'])).filter((word) => word !== 'ok')
  } finally {
    database.close()
  }
}

/** Amount of the refunds that the simulator of Monnify paid out, by payment reference. */
export function readPayouts(storage: string): Map<string, number> {
  const paidKobo = new Map<string, number>()
  for (const path of globSync('**/*.sqlite', { cwd: storage }))
    for (const { paymentReference, status, amountKobo } of refundsIn(join(storage, path)))
      if (status === 'COMPLETED')
        paidKobo.set(paymentReference, (paidKobo.get(paymentReference) ?? 0) + amountKobo)
  return paidKobo
}

interface PaidRefund {
  readonly paymentReference: string
  readonly status: string
  readonly amountKobo: number
}

function refundsIn(path: string): PaidRefund[] {
  const database = new DatabaseSync(path)
  const exists = "SELECT name FROM sqlite_master WHERE name = 'simulator_refunds'"
  try {
    if (!database.prepare(exists).get()) return []
    const rows = database.prepare('SELECT state FROM simulator_refunds').all()
    return rows.map((row) => JSON.parse(String(row['state'])) as PaidRefund)
  } finally {
    database.close()
  }
}

/** Runs SQLite's integrity check on every file. */
export function checkFiles(storage: string): { files: number; findings: string[] } {
  const paths = globSync('**/*.sqlite', { cwd: storage })
  const findings = paths.flatMap((path) =>
    checkFile(join(storage, path)).map((finding) => `${path}: ${finding}`),
  )
  return { files: paths.length, findings }
}
