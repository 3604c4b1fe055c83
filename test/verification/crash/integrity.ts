/** Runs SQLite's integrity check on every database file of the service. */
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

export function checkFiles(storage: string): { files: number; findings: string[] } {
  const paths = globSync('**/*.sqlite', { cwd: storage })
  const findings = paths.flatMap((path) =>
    checkFile(join(storage, path)).map((finding) => `${path}: ${finding}`),
  )
  return { files: paths.length, findings }
}
