/** Operators' actions on users and money. Each names who acts and why. */
import { randomUUID } from 'node:crypto'
import { fail } from '../cli/program.ts'
import { askAsOperator, findToken } from './operator.ts'
import { formatTable } from './print-table.ts'

interface Action {
  readonly url: string
  readonly as: string
  readonly reason: string
}

export interface UserAction extends Action {
  readonly user: string
}

export async function actOnUser(
  action: 'freeze' | 'unfreeze' | 'disable' | 'enable',
  { url, user, as, reason }: UserAction,
): Promise<void> {
  await askAsOperator(new URL('/operator/users', url), { body: { action, user, as, reason } })
  console.log(`${action}: done for ${user}.`)
}

interface Keyed {
  /** Idempotency key: a repeat with the same key moves nothing. */
  readonly key?: string
}

const MONEY_TOKEN = 'OPERATOR_MONEY_TOKEN'

/** Sends a command that moves money. After a lost response, the same key repeats it safely. */
async function moveMoney(
  path: string,
  url: string,
  body: object,
  key: string = randomUUID(),
): Promise<void> {
  const token = findToken(MONEY_TOKEN)
  if (!token) fail(`${MONEY_TOKEN} is neither in the environment nor in .dev.vars.`)
  console.log(`Key: ${key}. If no result follows, repeat the command with --key ${key}.`)
  const headers = { 'Operator-Money-Token': token, 'Idempotency-Key': key }
  const done = await askAsOperator(new URL(`/operator/money/${path}`, url), { body, headers })
  console.log(formatTable([done as object]))
}

export interface AdjustOptions extends UserAction, Keyed {
  readonly amount: number
  readonly wallet: string
}

export const adjust = (
  path: 'goodwill' | 'waivers',
  { url, key, ...body }: AdjustOptions,
): Promise<void> => moveMoney(path, url, body, key)

export interface RefundOptions extends Action, Keyed {
  readonly payment: string
  readonly amount: number
  readonly method: string
  readonly account?: string
  readonly bank?: string
}

export function refund({ url, key, account, bank, ...body }: RefundOptions): Promise<void> {
  const destination =
    account === undefined && bank === undefined
      ? {}
      : { destination: { account_number: account ?? '', bank_code: bank ?? '' } }
  return moveMoney('refunds', url, { ...body, ...destination }, key)
}

export interface DecisionOptions {
  readonly url: string
  readonly as: string
  readonly refund: string
  readonly outcome: string
  readonly evidence: string
}

export const decideRefund = ({ url, ...body }: DecisionOptions): Promise<void> =>
  moveMoney('refunds/decision', url, body)
