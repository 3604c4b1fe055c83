/** Meanings of Monnify's codes, statuses and messages for this service. */
const MEANINGS: Readonly<Record<string, string>> = {
  '0': 'Success. For a refund: accepted, not done.',
  '99': 'A failure. Only responseMessage has the reason.',
  '100': 'A completed card transaction cannot be initialised again.',
  R1: 'Refund: the transaction was not found.',
  R2: 'Refund: only ACCOUNT_TRANSFER payments can be refunded.',
  R3: 'Refund: the amount exceeds the transaction.',
  R4: 'Refund: below the minimum of 100 NGN.',
  R5: 'Refund: the merchant wallet has insufficient funds.',
  R6: "Refund: the payer's account is unknown; send the destination account and bank.",
  R7: 'Refund: no refund has that reference.',
  R8: 'Refund: a value is too long (reason 64, note 16 characters).',
  R9: 'Refund: the reference was used; Monnify received the first request.',
  R10: 'Refund: Monnify cannot read the balance now.',
  R11: 'Refund: the name enquiry had a network error; retry later.',
  R12: 'Refund: all refunds together exceed the transaction.',
  M01: 'A system error at Monnify.',
  M02: 'A system error at Monnify.',
  D01: 'Transfer: an unspecified error.',
  D02: 'Transfer: not found.',
  D03: 'Transfer: the account is wrong.',
  D04: 'Transfer: the wallet has insufficient funds.',
  D05: 'Transfer: the reference was used.',
  D06: "Transfer: the caller's IP address is not on the list. Workers have no fixed IP address.",
  D07: 'Transfer: the same account and amount within two minutes.',
  PAID: 'Paid in full: the service credits it once and completes the payment.',
  OVERPAID: 'Overpaid: the service credits all of it, the surplus as a separate entry.',
  PARTIALLY_PAID:
    'Underpaid: the service credits it, and the payment stays processing for the rest.',
  UNDERPAID: 'As PARTIALLY_PAID.',
  PENDING: 'Not confirmed: the service queries it again.',
  ABANDONED: 'The payer left: cancelled. Money that arrives later is credited.',
  CANCELLED: 'Cancelled. Money that arrives later is credited.',
  FAILED: 'Declined. Money that arrives later is credited.',
  EXPIRED: 'The checkout expired after 40 minutes. Money that arrives later is credited.',
  REVERSED:
    'Reversed after it was confirmed: the service debits what the wallet can spend; the rest is an exception.',
  REFUNDED: 'Refunded in part or in full; its refunds have the amounts.',
  'Duplicate payment reference':
    'Monnify accepts a reference once in an environment. Each attempt here has its own.',
  'Could not find specified contract': 'MONNIFY_CONTRACT_CODE does not belong to this environment.',
  'Unknown currency code supplied': 'NGN, or USD once international payments are enabled.',
  'The request could not be completed due to malformed syntax.':
    'A field is wrong: often a payment method, or an unencoded | in a path.',
  'Access token expired': 'The service gets a new token and repeats the request once.',
}

/** @param said code, status or message, in any letter case */
export function explain(said: string): string | undefined {
  const wanted = said.trim().toLowerCase()
  return Object.entries(MEANINGS).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

export const EXPLAINED = Object.keys(MEANINGS)
