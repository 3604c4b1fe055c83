/** A correct history, and versions of it with one fault each. */
import { describe, expect, it } from 'vitest'
import { checkHistory } from './check-history.ts'
import {
  CHARGED,
  HOLD_KOBO,
  open,
  type Retold,
  sampleHistory,
  UNKNOWN,
} from '../books/sample-history.ts'

const credits = (balanceKobo: number, heldKobo: number) => ({
  wallet: { uuid: 'credits', type: 'call_credits', balanceKobo, heldKobo } as const,
})

const found = (retold?: Retold): string => checkHistory(sampleHistory(retold)).join('\n')

describe('the checker of histories', () => {
  it('accepts a correct one', () => {
    expect(found()).toBe('')
  })

  const answeredTwice = {
    readHeld: {
      kind: 'answer',
      about: CHARGED.uuid,
      shown: { call: open(CHARGED, 'answered') },
    },
  } as const

  it('accepts a repeated answer that returns the call unchanged', () => {
    expect(found({ operations: answeredTwice })).toBe('')
  })

  it('accepts an unacknowledged command that took effect', () => {
    const unknown = { outcome: 'unknown', endedAtMs: Infinity } as const
    expect(found({ operations: { transfer: unknown, verify: unknown } })).toBe('')
  })

  it.each<[string, Retold, RegExp]>([
    [
      'a lost update: a transfer whose credit was written over',
      { ledger: (entries) => entries.filter(({ kind }) => kind !== 'transfer_in') },
      /transfer-1 \(completed\) says 50\.00, the ledger 0\.00/,
    ],
    [
      'a lost update: an end that was acknowledged, and did not happen',
      {
        books: (books) => ({
          ...books,
          calls: books.calls.map((call) =>
            call.tag === 'call-1' ? { ...call, endedAtMs: null, priceKobo: null } : call,
          ),
        }),
      },
      /its end is lost/,
    ],
    [
      'a stale read: what an earlier position had to say',
      { operations: { readHeld: { shown: credits(25_000, 0) } } },
      /position 5: wallet call_credits \(25000 kobo, 0 held\) is not what the wallet had to say/,
    ],
    [
      'a stale read: from an earlier position than was over',
      { operations: { readHeld: { position: 3, shown: credits(25_000, 0) } } },
      /is in 3, but 5 was over before it began/,
    ],
    [
      'two changes in one position',
      { operations: { answer: { position: 4 } } },
      /position 4: start of call-1 and answer of call-1/,
    ],
    [
      'an answer out of order in real time: it knows of what was not yet asked',
      {
        operations: {
          readMoved: { position: 4, shown: credits(25_000 - HOLD_KOBO, HOLD_KOBO) },
        },
      },
      /start of call-1: position 4 was answered before it was asked/,
    ],
    [
      'an answer out of order: it was told done, and came later',
      {
        operations: {
          readMoved: { position: 2, shown: credits(20_000, 0) },
        },
      },
      /transfer_in in entry 2 comes next by the wallet's clock, and belongs between 3 and 2/,
    ],
    [
      'an effect without a command: a credit',
      {
        ledger: (entries) => [
          ...entries,
          {
            seq: 4,
            kind: 'top_up',
            amountKobo: 700,
            balanceKobo: 0,
            sourceUuid: 'nobody',
            postedAtMs: 1099,
          },
        ],
      },
      /top_up in entry 4: an effect that nobody asked for/,
    ],
    [
      'an effect without a command: a call',
      { operations: { startUnknown: { about: 'call-3' } } },
      /start of call-2: an effect that nobody asked for/,
    ],
    [
      'a change that left no trace',
      {
        books: (books) => {
          const { primary, call_credits } = books.wallets
          return {
            ...books,
            wallets: { primary: { ...primary, position: 4 }, call_credits },
          }
        },
      },
      /position 4: it changed the wallet, and nothing is known that did/,
    ],
    [
      'a doubled unknown',
      {
        books: (books) => ({
          ...books,
          calls: [...books.calls, { ...UNKNOWN, uuid: 'uuid of its double' }],
        }),
      },
      /call-2 is there twice/,
    ],
    [
      'money created between two wallets',
      {
        ledger: (entries) =>
          entries.map((entry) =>
            entry.kind === 'transfer_in' ? { ...entry, amountKobo: 6000 } : entry,
          ),
      },
      /all wallets: 300\.00 paid less 3\.00 charged is not 307\.00/,
    ],
    [
      'a refusal for want of money that was there',
      {
        operations: {
          answerAgain: { kind: 'start', about: 'call-9', code: 'insufficient_funds' },
        },
      },
      /start call-9 \(insufficient_funds\) is not what the wallet had to say/,
    ],
    [
      'a conflict about a repeated answer, while the call went on',
      {
        operations: {
          readHeld: { ...answeredTwice.readHeld, outcome: 'refused', code: 'call_state_conflict' },
        },
      },
      /answer uuid of call-1 \(call_state_conflict.*\) is not what the wallet had to say/,
    ],
    [
      'a call that was charged twice',
      { ledger: (entries) => [...entries, ...entries.slice(-1)] },
      /call uuid of call-1 was charged 2 times/,
    ],
    [
      'a hold that was not given back',
      { operations: { readLast: { shown: credits(24_700 - HOLD_KOBO, HOLD_KOBO) } } },
      /position 8: wallet call_credits \(18600 kobo, 6100 held\)/,
    ],
    [
      'a hold that is shown beside the right balance',
      { operations: { readLast: { shown: credits(24_700, 100) } } },
      /position 8: wallet call_credits \(24700 kobo, 100 held\)/,
    ],
    [
      'a call that outlived its horizon: it still was open when another command came',
      {
        operations: { end: { position: 7 }, startUnknown: { invokedAtMs: 62 } },
        books: (books) => ({
          ...books,
          calls: books.calls.map((call) =>
            call.tag === 'call-2' ? { ...call, createdAtMs: 1070, endedAtMs: 1075 } : call,
          ),
        }),
      },
      /position 7: /,
    ],
  ])('rejects %s', (_, retold, finding) => {
    expect(found(retold)).toMatch(finding)
  })
})
