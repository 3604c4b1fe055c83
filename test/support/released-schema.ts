/** Checks that a schema step does not affect code of an earlier release. Pure. */

const CREATED = /^CREATE (?:TABLE|UNIQUE INDEX|INDEX) (?:IF NOT EXISTS )?["`]?(\w+)/i
const TRIGGER = /CREATE TRIGGER\s+\w+\s[\s\S]*?\sON\s+["`]?(\w+)["`]?[\s\S]*?\bEND\s*(?:;|$)/gi
const INDEXED = /\sON\s+["`]?(\w+)/i

/** Statements, each in one line, without comments. */
const statementsOf = (sql: string): string[] =>
  sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '')

/**
 * Statements of a step that do more than add. A table that the step creates may have unique indexes and triggers;
 * on an existing table, either may reject a row of older code.
 */
export function notAdditive(step: string): string[] {
  const triggers = [...step.matchAll(TRIGGER)]
  const statements = statementsOf(step.replaceAll(TRIGGER, ''))
  const created = new Set(statements.map((statement) => CREATED.exec(statement)?.[1]))
  const isAdditive = (statement: string): boolean => {
    if (/^CREATE UNIQUE INDEX /i.test(statement)) return created.has(INDEXED.exec(statement)?.[1])
    return /^(CREATE (TABLE|INDEX) |ALTER TABLE \S+ ADD |UPDATE |INSERT INTO \S+ ?\()/i.test(
      statement,
    )
  }
  return [
    ...triggers.filter(([, table]) => !created.has(table)).map(([text]) => text),
    ...statements.filter((statement) => !isAdditive(statement)),
  ]
}
