/** Page that verifies a receipt or a signed statement. After loading, it works offline. */
import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import '../shared/door.css'
import './verify.css'
import { App } from './app'
import { loadKeys } from './keys'

render(<App loadKeys={loadKeys} />, document.body)
