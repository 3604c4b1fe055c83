/** The link of an invitation, which is shown once. */
import { Button } from '../../shared/button'
import { Secret } from '../parts/secret'

export interface Invited {
  readonly operator: { readonly name: string }
  /** Link with the token. */
  readonly invitation: string | null
  readonly expires_at: string | null
}

interface InvitationLinkProps {
  readonly invited: Invited
  readonly onClose: () => void
}

export const InvitationLink = ({ invited, onClose }: InvitationLinkProps) => (
  <div class="stack" role="status">
    <p>
      Send this link to {invited.operator.name} on a private channel. It is not shown again, and
      whoever opens it first has the account.
    </p>
    <Secret label="Link" text={invited.invitation ?? ''} name="the link" />
    <Button kind="primary" onClick={onClose}>
      Done
    </Button>
  </div>
)
