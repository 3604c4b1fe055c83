/** Words of the actions that move money. Pure. */
import type { ProposalKind } from '../../../src/operators/proposals/table'

interface MoneyText {
  readonly text: string
  readonly title: string
  readonly about: string
  /** Limit of the reason, in characters. */
  readonly reasonLength: number
}

export const MONEY_TEXTS: Readonly<Record<ProposalKind, MoneyText>> = {
  refund: {
    text: 'Refund',
    title: 'Refund a payment',
    about: 'Takes the amount from the wallet and returns it to the payer.',
    reasonLength: 64,
  },
  goodwill: {
    text: 'Give goodwill',
    title: 'Give goodwill',
    about: 'Credits the wallet. Goodwill pays for calls and is never paid out.',
    reasonLength: 300,
  },
  correction: {
    text: 'Correct a balance',
    title: 'Correct a balance',
    about: 'Adds to or takes from the wallet. A balance never falls below zero.',
    reasonLength: 300,
  },
  debt_waiver: {
    text: 'Waive a debt',
    title: 'Waive a debt',
    about: 'Cancels what the customer owes after a reversed or refunded payment.',
    reasonLength: 300,
  },
}
