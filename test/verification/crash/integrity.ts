/** Asks SQLite itself about every file that the service left behind. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What is wrong with a file, in SQLite's words; nothing if it is sound. */
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
