/** Words of proposals. Pure. */
import type { ProposalBody } from '../../../src/operators/desk-types'
import { wordOf } from '../../shared/words'

export const KINDS: Readonly<Record<ProposalBody['kind'], string>> = {
  refund: 'Refund',
  goodwill: 'Goodwill',
  correction: 'Correction',
  debt_waiver: 'Waiver of a debt',
}

/** A correction names its direction. */
export const kindOf = ({ kind, body }: Pick<ProposalBody, 'kind' | 'body'>): string => {
  const direction = body['direction']
  return typeof direction === 'string' ? `${KINDS[kind]} (${direction})` : wordOf(KINDS, kind)
}

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'

export const STATES: Readonly<Record<ProposalBody['state'], readonly [string, Tone]>> = {
  pending: ['Waiting', 'warn'],
  approved: ['Approved', 'live'],
  executed: ['Executed', 'good'],
  refused: ['Refused, nothing moved', 'bad'],
  rejected: ['Rejected', 'bad'],
  withdrawn: ['Withdrawn', 'quiet'],
  expired: ['Expired', 'quiet'],
}
