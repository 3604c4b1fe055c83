/** Actions on a customer, and the figures that each would change. Pure. */
import { addKobo, formatNgn, type Kobo } from '../../common/money'
import type { CustomerAction, EffectBody } from '../desk-types'
import type { CustomerState } from './customer'

type Figures = EffectBody['figures']

const sumOf = (
  { wallets }: Pick<CustomerState, 'wallets'>,
  name: 'availableKobo' | 'heldKobo',
): Kobo => addKobo(...wallets.map((wallet) => wallet[name]))

export const openCallsOf = ({ wallets }: Pick<CustomerState, 'wallets'>): number =>
  wallets.reduce((sum, { calls }) => sum + calls.length, 0)

const balanceOf = (state: CustomerState): string => formatNgn(sumOf(state, 'availableKobo'))

const sessions = (state: CustomerState): Figures => [
  ['Sessions that end now', String(state.sessions)],
]

const stopped = (state: CustomerState): Figures => [
  ['Open calls that end now', String(openCallsOf(state))],
  ['Held for these calls', formatNgn(sumOf(state, 'heldKobo'))],
  ['Balance that cannot be spent', balanceOf(state)],
]

const FIGURES: Readonly<Record<CustomerAction, (state: CustomerState) => Figures>> = {
  freeze: stopped,
  unfreeze: (state) => [['Balance that can be spent again', balanceOf(state)]],
  disable: (state) => [...sessions(state), ...stopped(state)],
  enable: (state) => [['Balance that stays frozen', balanceOf(state)]],
  end_sessions: (state) => [
    ...sessions(state),
    ['Open calls that lose their connection', String(openCallsOf(state))],
  ],
  remove_passkeys: (state) => [
    ['Passkeys that are removed', String(state.passkeys)],
    ['Recovery codes that are removed', String(state.recoveryCodes)],
    ...sessions(state),
    ['Hours without refunds by the customer', '24'],
  ],
}

/** Figures that an action would change, for the operator who is asked for a reason. */
export const effectOf = (action: CustomerAction, state: CustomerState): EffectBody => ({
  figures: FIGURES[action](state),
})
