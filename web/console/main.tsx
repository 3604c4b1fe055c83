import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import { App } from './app'

render(<App />, document.body)
