/** Each SQL statement of the service names its columns, so that a later schema step cannot break it. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Patterns of statements whose effect depends on columns that they do not name. */
const RULES: Record<string, RegExp> = {
  'inserts by position':
    /\b(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO\s+(?!schema_steps\b)[^\s(]+(?!\s*\()\s+/gi,
  'selects every column': /\bSELECT\s+(?:DISTINCT\s+)?(?:[\w"`]+\.)?\*/gi,
  'joins with every column': /,\s*[\w"`]+\.\*(?=[\s,])/g,
  'replaces a row, and with it the columns that it does not name':
    /\b(?:INSERT\s+OR\s+)?REPLACE\s+INTO\b/gi,
}

const breaches = (text: string): string[] =>
  Object.entries(RULES).flatMap(([rule, pattern]) =>
    [...text.matchAll(pattern)].map(([statement]) => `${rule}: ${statement}`),
  )

it('every statement of the service names its columns', () => {
  const exclude = ['**/node_modules/**']
  const files = globSync('src/**/*.{ts,tsx}', { cwd: ROOT, exclude })
  expect(files.length).toBeGreaterThan(100)
  const found = files.flatMap((file) =>
    breaches(readFileSync(join(ROOT, file), 'utf8')).map((breach) => `${file} ${breach}`),
  )
  expect(found).toEqual([])
})

it.each([
  "'INSERT INTO entries VALUES (?, ?)'",
  "'INSERT OR REPLACE INTO ended_sessions VALUES (?, ?)'",
  '`INSERT INTO token_version\n  VALUES (1, ?)`',
  '`INSERT INTO entries SELECT seq FROM old`',
  '`INSERT INTO ${table} VALUES (?)`',
  "'REPLACE INTO wallet (id) VALUES (1)'",
  "'SELECT * FROM wallet'",
  '`SELECT entries.*, recipient_phone FROM entries`',
  '`SELECT recipient_phone, entries.* FROM entries`',
])('the check rejects %s', (text) => {
  expect(breaches(text).length).toBeGreaterThan(0)
})

it.each([
  "'INSERT INTO schema_steps (step) VALUES (?)'",
  '`INSERT INTO ${table} (${columns}) VALUES (?)`',
  "'SELECT COUNT(*) AS done FROM schema_steps'",
  '`SELECT ${ENTRY} FROM entries`',
])('the check accepts %s', (text) => {
  expect(breaches(text)).toEqual([])
})
