/** Confirmations of identity, and refunds that are confirmed. */
import { expect } from 'vitest'
import { type Answer, PASSWORD, type TestUser } from './client'

/** Header of a confirmation by password. */
export async function confirmed(user: Pick<TestUser, 'send'>): Promise<{ Confirmation: string }> {
  const body = { password: PASSWORD }
  const answer = await user.send('POST', '/users/me/confirmation', { body })
  expect(answer.status).toBe(200)
  return { Confirmation: answer.body.confirmation }
}

export const requestRefund = async (
  user: TestUser,
  paymentUuid: string,
  amount: number,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  user.send('POST', `/payments/${paymentUuid}/refunds`, {
    body: { amount, reason: 'Paid twice' },
    headers: { ...(await confirmed(user)), ...headers },
  })
