/** Talking in the browser: the callee's link, and the caller's own seat. */
import { useState } from 'preact/hooks'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import type { Call } from './model'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import './talk.css'

/** The caller's page, with the token of the caller's own socket URL. */
function ownPage({ uuid, signaling_url: url }: Call): string {
  const token = new URL(url).searchParams.get('ticket') ?? ''
  return `/call#${uuid}/${token}`
}

interface InvitationProps {
  readonly link: string
  readonly who: string
  readonly onCopy: () => void
}

/** The callee's link, until the callee has answered. */
const Invitation = ({ link, who, onCopy }: InvitationProps) => (
  <>
    <p class="note">
      Send this link to {who}, or{' '}
      <a href={link} target="_blank" rel="noopener noreferrer">
        open it in a second tab
      </a>
      .
    </p>
    <div class="talk-link">
      <input
        readOnly
        aria-label={`Link for ${who}`}
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button kind="plain" onClick={onCopy}>
        Copy
      </Button>
    </div>
  </>
)

export function Talk({ call, who }: { readonly call: Call; readonly who: string }) {
  const { api, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [link, setLink] = useState<string>()
  /** A later token of another session must not load the frame again. */
  const [page] = useState(() => ownPage(call))

  const invite = () =>
    act(async () => {
      const params = { path: { uuid: call.uuid } }
      const invited = await api.call((client) =>
        client.POST('/calls/{uuid}/invitation', { params, body: {} }),
      )
      if (!invited.ok) return invited.problem
      setLink(invited.value.url)
      announce('Send the link to the other person.')
      await refresh()
      return undefined
    })

  const copy = async () => {
    await navigator.clipboard.writeText(link ?? '')
    announce('The link is copied.')
  }

  if (link === undefined)
    return (
      <>
        {call.started_at === null && (
          <Button
            kind="plain"
            isBusy={isBusy}
            label={`Talk in the browser to ${who}`}
            onClick={invite}
          >
            Talk in the browser
          </Button>
        )}
        <ProblemNote problem={problem} />
      </>
    )
  return (
    <div class="talk">
      {call.started_at === null && <Invitation link={link} who={who} onCopy={() => void copy()} />}
      {/* oxlint-disable-next-line react/iframe-missing-sandbox -- the service's own page, which needs its origin */}
      <iframe
        src={page}
        title={`Call to ${who}`}
        allow="microphone; autoplay; speaker-selection; screen-wake-lock"
      />
    </div>
  )
}
