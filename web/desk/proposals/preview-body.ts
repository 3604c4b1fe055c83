/** Body that previews the present effect of a stored proposal. Pure. */
import type { ProposalBody } from '../../../src/operators/desk-types'

export function previewBodyOf({ kind, customer, amount, reason, body }: ProposalBody): object {
  const shared = { kind, amount, reason }
  if (kind === 'refund')
    return { ...shared, payment: body['payment_reference'], method: body['method'] }
  const direction = kind === 'correction' && { direction: body['direction'] }
  return { ...shared, user: customer, wallet: body['wallet'], ...direction }
}
