/** Words of the actions on a customer. Pure. */
import type { CustomerAction } from '../../../src/operators/desk-types'

interface ActionText {
  readonly text: string
  readonly title: string
  readonly about: string
  readonly done: string
  readonly isDanger: boolean
}

export const ACTION_TEXTS: Readonly<Record<CustomerAction, ActionText>> = {
  freeze: {
    text: 'Freeze',
    title: 'Freeze the wallets',
    about: 'Open calls end, and no money moves until the wallets are unfrozen.',
    done: 'The wallets are frozen.',
    isDanger: true,
  },
  unfreeze: {
    text: 'Unfreeze',
    title: 'Unfreeze the wallets',
    about: 'The customer can pay and call again.',
    done: 'The wallets are no longer frozen.',
    isDanger: false,
  },
  end_sessions: {
    text: 'End sessions',
    title: 'End all sessions',
    about: 'Every device is logged out. The customer can log in again.',
    done: 'All sessions have ended.',
    isDanger: true,
  },
  remove_passkeys: {
    text: 'Remove passkeys',
    title: 'Remove the passkeys',
    about: 'The customer can log in by password only. Use this for a stolen device.',
    done: 'The passkeys are removed.',
    isDanger: true,
  },
  disable: {
    text: 'Disable',
    title: 'Disable the account',
    about: 'Sessions end and no log-in works until the account is enabled. Balances stay.',
    done: 'The account is disabled.',
    isDanger: true,
  },
  enable: {
    text: 'Enable',
    title: 'Enable the account',
    about: 'The customer can log in again.',
    done: 'The account is enabled.',
    isDanger: false,
  },
}

const ACTIONS = Object.keys(ACTION_TEXTS) as CustomerAction[]

interface Situation {
  readonly frozen_at: string | null
  readonly disabled_at: string | null
  readonly sessions: number
  readonly passkeys: number
}

const IS_POSSIBLE: Readonly<Record<CustomerAction, (customer: Situation) => boolean>> = {
  freeze: ({ frozen_at: at }) => at === null,
  unfreeze: ({ frozen_at: at }) => at !== null,
  disable: ({ disabled_at: at }) => at === null,
  enable: ({ disabled_at: at }) => at !== null,
  end_sessions: ({ sessions }) => sessions > 0,
  remove_passkeys: ({ passkeys }) => passkeys > 0,
}

/** Actions that would change something. */
export const possibleActions = (customer: Situation): readonly CustomerAction[] =>
  ACTIONS.filter((action) => IS_POSSIBLE[action](customer))
