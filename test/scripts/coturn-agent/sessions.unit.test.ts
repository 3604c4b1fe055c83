import { describe, expect, it } from 'vitest'
import {
  parseSessionIds,
  parseUsernames,
  usernamesToCancel,
} from '../../../scripts/coturn-agent/sessions'

const A = '1795832439:0198/caller/9f'
const B = '1795832500:0198/callee/a0'

/** Output of coturn 4.6.1. */
const USERS = `\r\n    user: <${A}>, 2 sessions\r\n    user: <${B}>, 1 sessions\r\n\r\n  Total sessions: 3\r\n\r\n`

const session = (position: number, id: string, username: string) =>
  `\r\n    ${position}) id=${id}, user <${username}>:\r\n      realm: aileana.test\r\n      started 3 secs ago\r\n      expiring in 774 secs\r\n      client protocol UDP, relay protocol UDP\r\n      client addr 127.0.0.1:38427, server addr 127.0.0.1:34780\r\n      relay addr 127.0.0.1:42085\r\n      fingerprints enforced: ON\r\n      mobile: OFF\r\n      usage: rp=3, rb=316, sp=2, sb=216\r\n       rate: r=0, s=0, total=0 (bytes per sec)\r\n      peers:\r\n          127.0.0.1:3481\r\n`

describe("coturn's list of users", () => {
  it.each([
    ['two users', USERS, [A, B]],
    ['line feeds only', USERS.replaceAll('\r', ''), [A, B]],
    ['no session', '\r\n  Total sessions: 0\r\n\r\n', []],
    [
      'a username with brackets',
      '\n    user: <5:a>, 9 sessions>, 1 sessions\n\n  Total sessions: 1\n',
      ['5:a>, 9 sessions'],
    ],
  ])('with %s is read', (_, output, usernames) => {
    expect(parseUsernames(output)).toEqual(usernames)
  })

  it.each([
    ['no total', USERS.slice(0, 60)],
    ['a line less than its total', USERS.replace(/ {4}user: <1795832500.*\r\n/, '')],
    ['nothing', ''],
    ['an unknown command', 'Unknown command\r\n\r\n'],
  ])('with %s is rejected', (_, output) => {
    expect(() => parseUsernames(output)).toThrow("coturn's list of users is incomplete")
  })
})

describe("coturn's list of sessions", () => {
  const both = `${session(1, '000000000000000001', A)}${session(2, '12345678901234567890', A)}\r\n  Total sessions: 2\r\n\r\n`

  it.each([
    ['of a user', both, A, ['000000000000000001', '12345678901234567890']],
    ['of another user', both, B, []],
    ['of a similar user', session(1, '7', `${A}0`), A, []],
    ['without a session', '\r\n  Total sessions: 0\r\n\r\n', A, []],
  ])('%s is read', (_, output, username, ids) => {
    expect(parseSessionIds(output, username)).toEqual(ids)
  })
})

describe('a sweep', () => {
  const expiryMs = 1_795_832_439_000
  it.each([
    ['before the expiry', A, false, expiryMs - 1, false],
    ['at the expiry', A, false, expiryMs, true],
    ['after the expiry', A, false, expiryMs + 1, true],
    ['after a revocation', A, true, expiryMs - 1, true],
    ['for a user without an expiry', 'alice', true, expiryMs, false],
  ])('%s, with the username %s (revoked: %s), at %i cancels it: %s', (...row) => {
    const [, username, isRevoked, nowMs, expected] = row
    const cancelled = usernamesToCancel([username], () => isRevoked, nowMs)
    expect(cancelled).toEqual(expected ? [username] : [])
  })
})
