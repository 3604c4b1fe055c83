import { render } from 'preact'
import '../shared/base.css'
import { App } from './app'
import { takeLink } from './kept-link'
import { topUpStarter } from './payment'
import { createCallSession } from './session/create'
import { Unusable } from './unusable'

const { origin } = location
const link = takeLink()
const canCall = 'RTCPeerConnection' in window && 'WebSocket' in window

/** Another link in this tab changes only the fragment, so the browser does not reload the page. */
window.addEventListener('hashchange', () => location.reload())

if (!canCall) render(<Unusable why="no_calls" />, document.body)
else if (!link) render(<Unusable why="no_link" />, document.body)
else {
  const { callUuid, token, accessToken } = link
  const connect = () => createCallSession({ origin, callUuid, token })
  const startTopUp = accessToken === null ? null : topUpStarter(origin, accessToken)
  render(<App connect={connect} startTopUp={startTopUp} />, document.body)
}
