/** The page around all views: skip link, navigation by permission, the operator, and reports. */
import { useCallback } from 'preact/hooks'
import type { SessionBody } from '../../src/operators/desk-types'
import icon from '../shared/icon.svg'
import { SessionContext } from './base/operator'
import { remove } from './base/request'
import { linkTo } from './base/route'
import { ToastContext, useToastState } from './base/toast'
import { useRoute } from './base/use-route'
import { sectionsFor } from './sections'
import { Views } from './views'
import './frame.css'

interface FrameProps {
  readonly session: SessionBody
  readonly onLeave: () => void
}

/** The skip link must not change the place, which is the fragment. */
function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('main h1')?.focus()
}

export function Frame({ session, onLeave }: FrameProps) {
  const route = useRoute()
  const { show, live } = useToastState()
  const { operator } = session
  const logOut = useCallback(async () => {
    await remove('/operator/session')
    onLeave()
  }, [onLeave])
  const place = route.path[0] ?? ''
  return (
    <SessionContext.Provider value={session}>
      <ToastContext.Provider value={show}>
        <a class="skip" href="#main" onClick={skip}>
          Skip to the content
        </a>
        <header class="top">
          <a class="brand" href="#/">
            <img src={icon} alt="" width="26" height="26" />
            AIleana <span>back office</span>
          </a>
          <nav aria-label="Back office">
            <ul>
              {sectionsFor(operator.permissions).map(({ name, text }) => (
                <li key={name}>
                  <a href={linkTo([name])} aria-current={place === name ? 'page' : undefined}>
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="me">
            <a href="#/account" aria-current={place === 'account' ? 'page' : undefined}>
              {operator.name} <span class="note">{operator.role}</span>
            </a>
            <button type="button" class="text-button" onClick={() => void logOut()}>
              Log out
            </button>
          </div>
        </header>
        <main id="main">
          <Views key={route.path.join('/')} route={route} />
        </main>
        {live}
      </ToastContext.Provider>
    </SessionContext.Provider>
  )
}
