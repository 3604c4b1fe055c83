/** Words and tones of settlements. Pure. */
import type { SettlementBody, SettlementLineBody } from '../../../src/operators/finance/types'

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'
type Words<T extends string> = Readonly<Record<T, readonly [word: string, tone: Tone]>>

export const STATES: Words<SettlementBody['state']> = {
  received: ['Received', 'quiet'],
  imported: ['Imported', 'live'],
  matched: ['Matched', 'good'],
  differs: ['Differs', 'bad'],
}

export const OUTCOMES: Words<SettlementLineBody['outcome']> = {
  open: ['Open', 'quiet'],
  matched: ['Matched', 'good'],
  foreign: ['Foreign: no payment has it', 'bad'],
  doubled: ['Doubled: settled twice', 'bad'],
  short: ['Short: less than paid', 'bad'],
}

export const wordIn = <T extends string>(words: Words<T>, value: T): readonly [string, Tone] =>
  Object.hasOwn(words, value) ? words[value] : [value, 'quiet']
