/** Page of all prices, with a calculator. It needs no account. */
import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import '../shared/door.css'
import './prices.css'
import { App } from './app'

render(<App />, document.body)
