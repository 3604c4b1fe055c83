import { Button } from '../shared/button'
import type { Action, Screen } from './screen'
import type { CallSession } from './session/session'
import { actionText, muteState } from './texts'
import { Icon, type IconName } from './visuals'
import './actions.css'

interface ActionsProps {
  readonly screen: Screen
  readonly session: CallSession
  readonly isMuted: boolean
  readonly onRestart: () => void
}

const KINDS: Readonly<Partial<Record<Action, 'primary' | 'danger'>>> = {
  accept: 'primary',
  decline: 'danger',
  turn_on_microphone: 'primary',
  hang_up: 'danger',
  restart: 'primary',
}

function iconOf(action: Action, isMuted: boolean): IconName {
  if (action === 'accept') return 'phone'
  if (action === 'decline' || action === 'hang_up') return 'hang_up'
  if (action === 'restart') return 'return'
  return action === 'mute' && !isMuted ? 'microphone_off' : 'microphone'
}

function run(action: Action, { session, isMuted, onRestart }: ActionsProps): void {
  if (action === 'accept') void session.accept()
  else if (action === 'decline') session.decline()
  else if (action === 'turn_on_microphone') void session.turnOnMicrophone()
  else if (action === 'mute') session.setMuted(!isMuted)
  else if (action === 'hang_up') session.hangUp()
  else onRestart()
}

export function Actions(props: ActionsProps) {
  const { screen, isMuted } = props
  const { actions, isAccepting } = screen
  if (actions.length === 0) return null
  return (
    <>
      <div class="call-actions">
        {actions.map((action) => (
          <Button
            key={action}
            kind={KINDS[action] ?? 'plain'}
            isBusy={action === 'accept' && isAccepting}
            onClick={() => run(action, props)}
          >
            <Icon name={iconOf(action, isMuted)} />
            <span>{actionText(action, screen, isMuted)}</span>
          </Button>
        ))}
      </div>
      {actions.includes('mute') && (
        <p class="note" role="status">
          {muteState(isMuted)}
        </p>
      )}
    </>
  )
}
