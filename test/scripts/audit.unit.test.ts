import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const TOOL = join(import.meta.dirname, '../../scripts/audit.ts')

/** At a port that nothing listens to, so that a flag that is accepted is told from one that is not. */
function audit(since: string) {
  const env = { ...process.env, OPERATOR_TOKEN: 'x', FORCE_COLOR: '0' }
  const flags = ['--since', since, '--url', 'http://127.0.0.1:9']
  const { status, stderr } = spawnSync(process.execPath, [TOOL, ...flags], {
    encoding: 'utf8',
    env,
  })
  return { status, stderr }
}

describe('the audit since', () => {
  it.each([
    ['2026-02-30', '--since must be a date that exists'],
    ['2999-01-01', '--since must not be in the future'],
    ['yesterday', '--since must be a date such as'],
    ['2026-03-01T00:00:00', '--since must be a time such as'],
    ['2026-03-01', 'Nothing answers'],
    ['2026-03-01T00:00:00+01:00', 'Nothing answers'],
  ])('%s ends with: %s', (since, message) => {
    const { status, stderr } = audit(since)
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })
})
