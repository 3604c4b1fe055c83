import { describe, expect, it } from 'vitest'
import { createCoturnAgent } from '../../../scripts/coturn-agent/program'
import { readSecrets } from '../../../scripts/coturn-agent/settings'
import { SECRETS } from '../../support/coturn'
import { runCommand } from '../../support/usage'

describe("the agent's secrets", () => {
  it('are read from the environment', () => {
    expect(readSecrets({ ...SECRETS, PATH: '/usr/bin' })).toEqual(SECRETS)
  })

  it.each([
    ['COTURN_AUTH_SECRET', undefined, 'is missing'],
    ['COTURN_AUTH_SECRET', 'north', 'at least 32 bytes'],
    ['COTURN_AUTH_SECRET', 'replace-me-replace-me-replace-me-1', 'is a placeholder'],
    ['COTURN_AUTH_SECRET', 'a'.repeat(32), 'too regular'],
    ['COTURN_CLI_PASSWORD', '', 'is missing'],
    ['COTURN_CLI_PASSWORD', 'qwerty', 'at least 32 bytes'],
    ['COTURN_CLI_PASSWORD', `${SECRETS.COTURN_CLI_PASSWORD} x`, 'contains a space'],
    ['COTURN_CLI_PASSWORD', SECRETS.COTURN_CLI_PASSWORD.repeat(5), 'at most 128 characters'],
    ['RELAY_KEY_ID', undefined, 'is missing'],
    ['RELAY_KEY_ID', 'lagos/1', 'at most 64 letters'],
    ['RELAY_TOKEN', undefined, 'is missing'],
    ['RELAY_TOKEN', `"${SECRETS.RELAY_TOKEN}"`, 'quotation mark'],
    ['RELAY_TOKEN', SECRETS.COTURN_AUTH_SECRET, 'must differ'],
  ])('with %s=%j are rejected: %s', (name, value, message) => {
    const read = readSecrets({ ...SECRETS, [name]: value })
    expect(read).toContain(name)
    expect(read).toContain(message)
  })

  it('are not shown in the message', () => {
    expect(readSecrets({ ...SECRETS, RELAY_TOKEN: 'short-3Kf8sQz1' })).not.toContain('3Kf8')
  })
})

describe('npm run coturn-agent', () => {
  it('has help that names each flag and secret', async () => {
    const { exitCode, printed } = await runCommand(createCoturnAgent(), ['--help'])
    expect(exitCode).toBe(0)
    for (const name of ['--urls', '--port', '127.0.0.1', ...Object.keys(SECRETS)])
      expect(printed).toContain(name)
  })

  it.each([
    [[], "required option '--urls"],
    [['--urls', ','], 'It must have a URL such as turn:turn.example.com:3478.'],
    [['--urls', 'stun:a.example'], 'It must have a URL such as'],
    [['--urls', 'turn:a.example,http://b.example'], 'A browser cannot use http://b.example.'],
    [['--urls', 'turn:a.example', '--port', '0'], 'a port number from 1 to 65535'],
    [['--urls', 'turn:a.example', '--cli-port', 'x'], 'a port number from 1 to 65535'],
    [['--urls', 'turn:a.example', '--token', 'x'], "unknown option '--token'"],
    [['--urls', 'turn:a.example'], 'COTURN_AUTH_SECRET is missing'],
  ])('%j prints: %s', async (args, sentence) => {
    const { exitCode, printed } = await runCommand(createCoturnAgent(), args)
    expect(printed).toContain(sentence)
    expect(exitCode).toBe(2)
  })
})
