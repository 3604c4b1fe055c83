/** The back office. The token of an invitation is in the fragment, which no server and no log receives. */
import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import '../shared/door.css'
import './desk.css'
import { App } from './app'

const invitation = /^#invitation=(.+)$/.exec(location.hash)?.[1]
/** The token must not stay in the address bar or the history. */
if (invitation !== undefined) history.replaceState(null, '', location.pathname)

/** A link that is opened in a tab of the back office changes the fragment only. */
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#invitation=')) location.reload()
})

render(<App invitation={invitation} />, document.body)
