import { render } from 'preact'
import '../shared/base.css'
import '../shared/field.css'
import '../shared/page.css'
import '../shared/section.css'
import './reference.css'
import { App } from './app'
import type { OpenApi } from './document'

const response = await fetch('/openapi.json')
render(<App document={(await response.json()) as OpenApi} />, document.body)
/** The target of the URL's fragment did not exist before rendering. */
if (location.hash)
  document.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)?.scrollIntoView()
