/** What Monnify's codes, statuses and messages mean to this service. */
const MEANINGS: Readonly<Record<string, string>> = {
  '0': 'Success. For a refund: accepted, not done.',
  '99': 'A failure whose reason stands in responseMessage only.',
  '100': 'A card transaction that is completed cannot be initialised again.',
  R1: 'Refund: the transaction was not found.',
  R2: 'Refund: only ACCOUNT_TRANSFER payments can be refunded.',
  R3: 'Refund: more than the transaction.',
  R4: 'Refund: below the minimum of 100 NGN.',
  R5: 'Refund: the merchant wallet holds too little.',
  R6: "Refund: the payer's account is unknown; send the destination account and bank.",
  R7: 'Refund: there is none with that reference.',
  R8: 'Refund: a value is too long (reason 64, note 16 characters).',
  R9: 'Refund: the reference was used; the first request had landed.',
  R10: 'Refund: the balance cannot be read now.',
  R11: 'Refund: a network error at the name enquiry; try later.',
  R12: 'Refund: all refunds together exceed the transaction.',
  M01: 'A system error at Monnify.',
  M02: 'A system error at Monnify.',
  D01: 'Transfer: an error without a name of its own.',
  D02: 'Transfer: not found.',
  D03: 'Transfer: the account is wrong.',
  D04: 'Transfer: the wallet holds too little.',
  D05: 'Transfer: the reference was used.',
  D06: "Transfer: the caller's address is not on the list; Workers have no fixed one.",
  D07: 'Transfer: the same account and amount within two minutes.',
  PAID: 'Received in full: credited once, completed.',
  OVERPAID: 'More than asked for was received: credited, the surplus as an entry of its own.',
  PARTIALLY_PAID: 'Less was received: credited, and the payment stays processing for the rest.',
  UNDERPAID: 'As PARTIALLY_PAID.',
  PENDING: 'Not confirmed: asked again.',
  ABANDONED: 'The payer left: cancelled; money that still comes is credited.',
  CANCELLED: 'Cancelled; money that still comes is credited.',
  FAILED: 'Declined; money that still comes is credited.',
  EXPIRED: 'The checkout was open for 40 minutes; money that still comes is credited.',
  REVERSED: 'Undone after it was confirmed: what is there is taken back, the rest is an exception.',
  REFUNDED: 'As REVERSED.',
  'Duplicate payment reference':
    'A reference is taken once in an environment, and a repeat is an error. Each attempt here has its own.',
  'Could not find specified contract': 'MONNIFY_CONTRACT_CODE is not one of this environment.',
  'Unknown currency code supplied': 'NGN, or USD once international payments are enabled.',
  'The request could not be completed due to malformed syntax.':
    'A field is wrong, often a payment method or an unencoded | in a path.',
  'Access token expired': 'A new one is fetched, and the request is repeated once.',
}

/** @returns the meaning of a code, status or message, in whatever letter case */
export function explain(said: string): string | undefined {
  const wanted = said.trim().toLowerCase()
  return Object.entries(MEANINGS).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

export const EXPLAINED = Object.keys(MEANINGS)
