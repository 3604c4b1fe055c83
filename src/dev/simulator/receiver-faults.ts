/** Faults of a simulated receiver of webhooks: how it responds to a delivery. Pure. */

export const RECEIVER_FAULTS = ['none', 'error_500', 'slow', 'gone', 'redirect'] as const
export type ReceiverFault = (typeof RECEIVER_FAULTS)[number]

export interface ReceiverResponse {
  readonly status: number
  readonly waitMs: number
  readonly name: string
  /** Reaction of the service. */
  readonly effect: string
}

/** A receiver that rejects a forgery does so whatever its fault is. */
export const FORGED_STATUS = 400

export const RECEIVER_RESPONSES: Readonly<Record<ReceiverFault, ReceiverResponse>> = {
  none: { status: 204, waitMs: 0, name: 'No fault', effect: 'Each genuine delivery is accepted.' },
  error_500: {
    status: 500,
    waitMs: 0,
    name: 'Status 500',
    effect: 'The service repeats the delivery, less and less often.',
  },
  slow: {
    status: 204,
    waitMs: 30_000,
    name: 'Responds after 30 s',
    effect: 'The service gives up after 15 s, and repeats the delivery.',
  },
  gone: {
    status: 410,
    waitMs: 0,
    name: 'Status 410',
    effect: 'The service disables the endpoint at once.',
  },
  redirect: {
    status: 302,
    waitMs: 0,
    name: 'Redirect',
    effect: 'The service does not follow it; it repeats the delivery.',
  },
}
