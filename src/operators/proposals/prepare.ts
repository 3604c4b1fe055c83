/** Turns the body of a request into a proposal: finds the customer and the payment that it names. */
import { ok, refuse, type Result } from '../../common/result'
import type { Payment } from '../../payments/store'
import type { UserStore } from '../../users/store'
import { findPayments, type LookupDeps } from '../customers/lookup'
import { findUserBy } from '../schemas'
import { readReference } from '../customers/spelling'
import { type Content, destinationHashOf } from './proposal'
import type { NewProposalBody } from './schemas'
import type { NewProposal } from './service'

/** Refuses `not_found`, also if several payments share a reference. */
export async function prepare(
  deps: LookupDeps & { readonly userStore: UserStore },
  body: NewProposalBody,
): Promise<Result<NewProposal>> {
  if (body.kind === 'refund') return prepareRefund(deps, body)
  const user = await findUserBy(deps.userStore, body.user)
  if (!user) return refuse({ code: 'not_found' })
  const { user: _, amount, ...rest } = body
  const content: Content = { ...rest, amount_kobo: amount }
  return ok({ user, content, destination: null })
}

async function prepareRefund(
  deps: LookupDeps,
  { payment: named, amount, destination, ...rest }: Extract<NewProposalBody, { kind: 'refund' }>,
): Promise<Result<NewProposal>> {
  const [payment, ...others] = await findPayments(deps, readReference(named))
  const user = payment && others.length === 0 && (await deps.userStore.byUuid(payment.userUuid))
  if (!payment || !user) return refuse({ code: 'not_found' })
  const account = destination
    ? JSON.stringify({
        accountNumber: destination.account_number,
        bankCode: destination.bank_code,
      })
    : null
  const content = {
    ...rest,
    ...nameOf(payment),
    amount_kobo: amount,
    destination_hash: destinationHashOf(account),
  }
  return ok({ user, content, destination: account })
}

const nameOf = ({ uuid, reference }: Payment) => ({
  payment_uuid: uuid,
  payment_reference: reference,
})
