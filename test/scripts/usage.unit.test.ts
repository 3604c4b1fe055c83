import { describe, expect, it } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { runCommand, usagesOf } from '../support/usage'
import { createProve } from '../verification/program'

const PROGRAMS = { aileana: createAileana, prove: createProve }

const commands = Object.entries(PROGRAMS).flatMap(([script, create]) =>
  usagesOf(create()).map(({ command, words }) => ({ script, create, command, words })),
)

/** Values of required flags that accept no number. */
const VALID: Readonly<Record<string, string>> = {
  '--direction': 'debit',
  '--hash': 'a'.repeat(64),
  '--refund': '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55',
}

describe.each(commands)('npm run $script -- $words', ({ script, create, command, words }) => {
  it('has help that describes it and each flag', async () => {
    const { exitCode, printed } = await runCommand(create(), [...words, '--help'])
    expect(exitCode).toBe(0)
    expect(printed).toContain(`Usage: npm run ${script} -- ${words.join(' ')}`)
    expect(command.description()).toMatch(/^[A-Z].*[^.]$/)
    for (const { long, description } of command.options) {
      expect(printed).toContain(long)
      expect(description).toMatch(/\S/)
    }
  })

  it('rejects an unknown flag', async () => {
    const required = command.options.filter(({ mandatory }) => mandatory)
    const given = required.flatMap(({ long }) => [long ?? '', VALID[long ?? ''] ?? '5'])
    const args = [...words, ...given, '--no-such-flag']
    const { exitCode, printed } = await runCommand(create(), args)
    expect(exitCode).toBe(2)
    expect(printed).toMatch(/^error: unknown option '--no-such-flag'\n.*--help.*\n$/)
  })
})

const NAIRA = 'It must be a positive number of naira.'

describe('a command line', () => {
  it.each<[keyof typeof PROGRAMS, string[], string]>([
    ['aileana', [], 'Usage: npm run aileana --'],
    ['aileana', ['audt'], 'Did you mean audit?'],
    ['aileana', ['audit', '--since', '2026-02-30'], 'It must be a date that exists.'],
    ['aileana', ['audit', '--since', '2999-01-01'], 'It must not be in the future.'],
    ['aileana', ['audit', '--since', 'yesterday'], 'It must be a date such as'],
    ['aileana', ['audit', '--since', '2026-03-01T00:00:00'], 'It must be a time such as'],
    ['aileana', ['audit', '--url', 'localhost:8787'], 'It must be a URL such as'],
    ['aileana', ['smoke', '--url'], 'argument missing'],
    ['aileana', ['demo', 'fast'], 'too many arguments'],
    ['aileana', ['lookup'], 'use --payment, --call, --wallet or --user'],
    ['aileana', ['monnify'], 'Usage: npm run aileana -- monnify'],
    ['aileana', ['monnify', 'trigger'], "missing required argument 'event'"],
    ['aileana', ['monnify', 'trigger', 'NOTHING'], 'Allowed choices are SUCCESSFUL_TRANSACTION,'],
    ['aileana', ['monnify', 'trigger', 'SETTLEMENT', '--amount', 'much'], NAIRA],
    ['aileana', ['monnify', 'replay', '0'], 'It must be a whole number of at least 1.'],
    ['aileana', ['monnify', 'scenario', 'constructor'], 'Allowed choices are'],
    ['aileana', ['monnify', 'refund', '--amount', '5'], "required option '--payment"],
    ['aileana', ['monnify', 'refund', '--payment', 'x'], "required option '--amount'"],
    ['aileana', ['monnify', 'refund', '--payment', 'x', '--amount', '0'], NAIRA],
    ['aileana', ['monnify', 'reverse', '--payment', 'x', '--days', '-1'], 'from 0 to 400.'],
    ['aileana', ['monnify', 'dispute', '--payment', 'x', '--days', ''], 'from 0 to 400.'],
    ['aileana', ['monnify', 'refund-fault', 'R1'], 'Allowed choices are none, R5,'],
    ['aileana', ['monnify', 'verify', 'x.json'], "missing required argument 'signature'"],
    ['aileana', ['webhooks'], 'Usage: npm run aileana -- webhooks'],
    ['aileana', ['webhooks', 'listen', '--port', '0'], 'It must be a port from 1 to 65535.'],
    ['aileana', ['webhooks', 'listen', '--types', 'call.ended,x'], '"x" is not an event type.'],
    ['aileana', ['webhooks', 'listen', '--forward-to', ':3000'], 'It must be a URL such as'],
    ['aileana', ['webhooks', 'trigger'], "missing required argument 'type'"],
    ['aileana', ['webhooks', 'trigger', 'call.start'], 'Allowed choices are payment.completed,'],
    ['aileana', ['webhooks', 'trigger', 'call.ended', '--endpoint', 'x'], 'the UUID of an'],
    ['aileana', ['webhooks', 'replay'], 'use the ID of an event, or both --from and --to'],
    ['aileana', ['webhooks', 'replay', '--from', '3'], 'or both --from and --to'],
    ['aileana', ['webhooks', 'replay', '--from', '0', '--to', '1'], 'number of an event, from 1.'],
    ['aileana', ['webhooks', 'replay', '--from', '3', '--to', '2'], '--to must not be less than'],
    ['aileana', ['webhooks', 'replay', 'evt_1'], 'evt_ and 32 hexadecimal digits.'],
    ['aileana', ['webhooks', 'replay', `evt_${'0'.repeat(32)}`, '--to', '2'], 'use the ID of an'],
    ['prove', ['sim', '--seed', '0'], 'It must be a whole number from 1 to 4294967295.'],
    ['prove', ['kill', '--kills', '1001'], 'It must be a whole number from 1 to 1000.'],
    ['prove', ['kill', '--kills', 'many'], 'It must be a whole number from 1 to 1000.'],
    ['prove', ['kill', '--kils', '3'], 'Did you mean --kills?'],
    ['prove', ['kill', '20'], 'too many arguments'],
    ['prove', ['histories', '--seconds', ''], 'It must be a whole number from 1 to 3600.'],
    ['prove', ['stryker', 'everything'], 'Allowed choices are wallets,'],
    ['prove', ['stryker', '--files', 'x.ts'], '--files is for one area'],
    ['prove', ['bench', '--hot', '--soak'], "'--hot' cannot be used with option '--soak'"],
    ['prove', ['bench', '--minutes', '3'], '--minutes is for --soak'],
    ['prove', ['scaling', '--calls-per-second'], 'argument missing'],
  ])('npm run %s -- %j prints: %s', async (script, args, sentence) => {
    const { exitCode, printed } = await runCommand(PROGRAMS[script](), args)
    expect(printed).toContain(sentence)
    expect(exitCode).toBe(2)
  })
})
