/** Groups by which the timeline is filtered. Pure. */
export const GROUPS = [
  ['', 'Everything'],
  ['payment,gateway,webhook,refund', 'Payments, gateway and refunds'],
  ['entry', 'Wallet entries'],
  ['call', 'Calls'],
  ['call,entry', 'Calls and wallet entries'],
  ['session', 'Sessions'],
  ['message', 'Messages'],
  ['action', 'Actions of operators'],
] as const

export const KIND_WORDS: Readonly<Record<string, string>> = {
  payment: 'Payment',
  gateway: 'Gateway',
  webhook: 'Webhook',
  entry: 'Entry',
  call: 'Call',
  refund: 'Refund',
  session: 'Session',
  message: 'Message',
  action: 'Operator',
}
