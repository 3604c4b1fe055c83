/**
 * Applies the missing schema steps of an object, in its constructor. A released step is never edited. New steps
 * go at the end and only add to the schema, because the previous release runs on it too.
 */
export function applySchemaSteps(storage: DurableObjectStorage, steps: readonly string[]): void {
  const { sql } = storage
  storage.transactionSync(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS schema_steps (step INTEGER PRIMARY KEY)')
    const { done } = sql.exec<{ done: number }>('SELECT COUNT(*) AS done FROM schema_steps').one()
    for (const [index, statements] of steps.entries()) {
      if (index < done) continue
      sql.exec(statements)
      sql.exec('INSERT INTO schema_steps (step) VALUES (?)', index)
    }
  })
}
