export const REFUND_METHODS = ['monnify', 'manual'] as const
export type RefundMethod = (typeof REFUND_METHODS)[number]

export const REFUND_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]
