/** Subject of an exception, with the way to its customer. The text of a search stays out of the address. */
import { memory } from '../base/memory'
import { customerLink, linkTo } from '../base/route'

interface SubjectLinkProps {
  readonly kind: string
  readonly subject: string
}

/** Kinds whose subject is no customer's. */
const UNLINKED = new Set(['endpoint_disabled'])

const LINKS: Readonly<Record<string, (subject: string) => string>> = {
  erasure_blocked: customerLink,
  proposal_unfinished: (subject) => linkTo(['proposals', subject]),
}

export function SubjectLink({ kind, subject }: SubjectLinkProps) {
  const link = LINKS[kind]
  if (link)
    return (
      <a href={link(subject)}>
        <code>{subject}</code>
      </a>
    )
  if (UNLINKED.has(kind)) return <code>{subject}</code>
  return (
    <>
      <code>{subject}</code>{' '}
      <a
        href="#/customers"
        aria-label={`Find the customer of ${subject}`}
        onClick={() => memory.set('search', subject)}
      >
        Find the customer
      </a>
    </>
  )
}
