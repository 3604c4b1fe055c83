/** The pages that links in e-mails lead to. The token is the fragment, which no server and no log receives. */
import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import '../shared/door.css'
import { App } from './app'

const page = location.pathname.split('/').pop() ?? ''
const token = location.hash.slice(1)
/** The token must not stay in the address bar or the history. */
history.replaceState(null, '', location.pathname)

render(<App page={page} token={token} />, document.body)
