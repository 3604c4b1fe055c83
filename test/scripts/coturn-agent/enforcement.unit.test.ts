import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createEnforcement } from '../../../scripts/coturn-agent/enforcement'
import { RevokedUsernames } from '../../../scripts/coturn-agent/revoked'

const folder = mkdtempSync(join(tmpdir(), 'aileana-enforcement-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0

/** A coturn with sessions by ID, whose commands fail while `isDown`. */
function world(sessions: Record<string, string>) {
  const state = { isDown: false, nowMs: 50_000, sessions: new Map(Object.entries(sessions)) }
  const commands: string[] = []
  const usersOf = () => [...new Set(state.sessions.values())]
  const idsOf = (username: string) =>
    [...state.sessions].filter(([, user]) => user === username).map(([id]) => id)

  async function run(command: string): Promise<string> {
    if (state.isDown) throw new Error('coturn closed the connection')
    commands.push(command)
    const [name, argument = ''] = command.split(' ')
    if (name === 'cs') state.sessions.delete(argument)
    if (name === 'pu')
      return [
        ...usersOf().map((user) => `    user: <${user}>, ${idsOf(user).length} sessions\r\n`),
        `\r\n  Total sessions: ${state.sessions.size}\r\n`,
      ].join('')
    return idsOf(argument)
      .map((id, index) => `    ${index + 1}) id=${id}, user <${argument}>:\r\n`)
      .join('')
  }

  const revoked = new RevokedUsernames(join(folder, `${(files += 1)}.txt`), state.nowMs)
  const now = () => state.nowMs
  const enforcement = createEnforcement({ commandLine: { run }, revoked, now })
  return { state, commands, enforcement, left: () => [...state.sessions.keys()] }
}

describe('the enforcement', () => {
  it('cancels the sessions of expired usernames, and queries no other', async () => {
    const { enforcement, commands, left } = world({ 1: '50:a', 2: '51:b', 3: '50:a', 4: 'alice' })
    expect(await enforcement.sweep()).toBe(2)
    expect(commands).toEqual(['pu', 'ps 50:a', 'cs 1', 'cs 3'])
    expect(left()).toEqual(['2', '4'])
  })

  it('cancels the sessions of a revoked username at once, and new ones by a sweep', async () => {
    const { state, enforcement, left } = world({ 1: '99:a', 2: '99:b' })
    expect(await enforcement.revoke('99:a')).toBe(1)
    expect(left()).toEqual(['2'])
    state.sessions.set('3', '99:a')
    expect(await enforcement.sweep()).toBe(1)
    expect(left()).toEqual(['2'])
  })

  it('cancels the sessions of a failed revocation by the next sweep', async () => {
    const { state, enforcement, left } = world({ 1: '99:a' })
    state.isDown = true
    await expect(enforcement.revoke('99:a')).rejects.toThrow('coturn closed the connection')
    state.isDown = false
    expect(await enforcement.sweep()).toBe(1)
    expect(left()).toEqual([])
  })

  it('works from the first sweep that succeeds, until one fails', async () => {
    const { state, enforcement } = world({})
    expect(enforcement.isWorking()).toBe(false)
    await enforcement.sweep()
    expect(enforcement.isWorking()).toBe(true)
    state.isDown = true
    await expect(enforcement.sweep()).rejects.toThrow('coturn closed the connection')
    expect(enforcement.isWorking()).toBe(false)
  })
})
