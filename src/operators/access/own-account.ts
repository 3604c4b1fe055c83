/** Operators do not act on the account of a customer who has their own mailbox. Pure. */

interface Addressed {
  readonly emailKey: string
}

/** Many providers deliver `name+tag@…` to `name@…`. As accounts, these addresses stay distinct. */
const mailboxOf = ({ emailKey }: Addressed): string => emailKey.replace(/^([^@+]+)\+[^@]*@/, '$1@')

export const isOwnAccount = (operator: Addressed, user: Addressed): boolean =>
  mailboxOf(operator) === mailboxOf(user)
