import { afterEach, describe, expect, it } from 'vitest'
import { focusedName, hasBrowser, type Look, tabTo, useBrowser } from '../../support/browser'
import { useBuiltPage } from './built-page'
import { ACCESS, button, CALL, commands, holds, isHeading, LINK, setState, TOKEN } from './driving'
import { answered, liveView, stateOf, unanswered, viewOf } from './states'

/** Counts the oscillators that the page starts, and the wake locks that it holds. */
const COUNTERS = `
  window.tones = []
  const start = OscillatorNode.prototype.start
  OscillatorNode.prototype.start = function (...when) {
    window.tones.push(this.frequency.value)
    return start.apply(this, when)
  }
  window.locks = { taken: 0, held: 0 }
  if (navigator.wakeLock) navigator.wakeLock.request = async () => {
    window.locks.taken++
    window.locks.held++
    const lock = { released: false, release: async () => { lock.released = true; window.locks.held-- } }
    window.lock = lock
    return lock
  }
`

describe.runIf(hasBrowser)('the page of a call', () => {
  const built = useBuiltPage()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** @param hash fragment of the link */
  const openCall = (hash = LINK, look: Look = {}) => open(`${built.url}${hash}`, look)

  it('removes the link from the address, and keeps it for a reload of this tab only', async () => {
    const page = await openCall(`${LINK}&access_token=${ACCESS}`)
    await isHeading(page, 'Opening the call…')
    expect(page.url()).toBe(built.url)
    const created = `create {"origin":"${new URL(built.url).origin}","callUuid":"${CALL}","token":"${TOKEN}"}`
    await expect.poll(() => commands(page), { timeout: 10_000 }).toEqual([created, 'start'])
    await page.reload()
    await isHeading(page, 'Opening the call…')
    expect((await commands(page))[0]).toBe(created)
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0)

    await setState(page, stateOf({ view: viewOf(), ended: unanswered('hangup') }))
    await isHeading(page, 'Call cancelled')
    await holds(page, `!JSON.stringify(sessionStorage).includes('${ACCESS}')`)
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).toContain(TOKEN)
  })

  it('opens another link that is entered in the same tab', async () => {
    const page = await openCall()
    const other = CALL.replace('3f', '4f')
    await page.evaluate(`location.hash = '${other}/${TOKEN}'`)
    await holds(page, `fakeSession.commands[0].includes('${other}')`)
  })

  it('can be used by the callee with the keyboard alone', async () => {
    const page = await openCall(LINK, { width: 360 })
    const incoming = stateOf({ view: viewOf({ seat: 'callee', phase: 'ringing' }) })
    await setState(page, incoming)
    await isHeading(page, 'Ngozi wants to talk to you')
    expect(await focusedName(page)).toBe('Ngozi wants to talk to you')
    await tabTo(page, 'Accept')
    await page.keyboard.press('Enter')
    await setState(page, { ...incoming, microphone: 'refused' })
    await page.getByText('site settings').waitFor()
    expect(await focusedName(page)).toBe('Accept')
    await page.keyboard.press('Enter')
    const view = viewOf({ seat: 'callee', phase: 'connecting' })
    await setState(page, stateOf({ view, microphone: 'on' }))
    await isHeading(page, 'Connecting to Ngozi…')
    expect(await focusedName(page)).toBe('Connecting to Ngozi…')

    await tabTo(page, 'Mute')
    const live = liveView({ seat: 'callee' }, Date.now())
    const inputs = [
      { id: 'a', label: 'Built-in' },
      { id: 'b', label: 'Headset' },
    ]
    const talking = stateOf({ view: live, microphone: 'on', inputs, inputId: 'a' })
    await setState(page, talking)
    await isHeading(page, 'In a call with Ngozi')
    expect(await focusedName(page)).toBe('Mute')
    const announced = page.locator('.banners .unseen')
    expect(await announced.textContent()).toBe('In a call with Ngozi')
    await page.keyboard.press('Space')
    await page.getByText('You are muted.').waitFor()
    expect(await focusedName(page)).toBe('Unmute')
    await tabTo(page, 'Audio devices')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'Hang up')
    await page.keyboard.press('Enter')
    const sent = (await commands(page)).slice(2)
    expect(sent).toEqual(['accept', 'accept', 'setMuted true', 'selectInput "b"', 'hangUp'])
    await setState(page, stateOf({ view: live, ended: answered('hangup', null) }))
    await isHeading(page, 'Call ended')
    expect(await focusedName(page)).toBe('Call ended')
  })

  it('lets the callee decline, and the caller turn on the microphone and cancel', async () => {
    const page = await openCall()
    await setState(page, stateOf({ view: viewOf({ seat: 'callee', phase: 'ringing' }) }))
    await button(page, 'Decline').click()
    await setState(page, stateOf({ view: viewOf() }))
    await button(page, 'Turn on microphone').click()
    await button(page, 'Cancel call').click()
    const sent = (await commands(page)).slice(2)
    expect(sent).toEqual(['decline', 'turnOnMicrophone', 'hangUp'])
  })

  it('turns on the microphone once after a reload in a call', async () => {
    const page = await openCall()
    await setState(page, stateOf({ view: liveView({}, Date.now()) }))
    await holds(page, `fakeSession.commands.includes('turnOnMicrophone')`)
    for (const microphone of ['refused', 'off'] as const)
      await setState(page, stateOf({ view: liveView({}, Date.now()), microphone }))
    await page.getByText('hears you once the microphone is on').waitFor()
    expect((await commands(page)).filter((one) => one === 'turnOnMicrophone')).toHaveLength(1)
  })

  it('takes a call back from another tab with a new session', async () => {
    const page = await openCall()
    await setState(page, stateOf({ link: 'closed', rejection: 'replaced' }))
    await button(page, 'Take the call back').click()
    await isHeading(page, 'Opening the call…')
    const names = (await commands(page)).map((command) => command.split(' ')[0])
    expect(names).toEqual(['create', 'start', 'create', 'close', 'start'])
  })

  it('starts a top-up once, in a new tab, while the call continues', async () => {
    const page = await openCall(`${LINK}&access_token=${ACCESS}`, { width: 360 })
    const keys: (string | undefined)[] = []
    const bodies: unknown[] = []
    const statuses = [0, 201]
    await page.context().route('**/payments', async (route) => {
      keys.push(route.request().headers()['idempotency-key'])
      bodies.push(route.request().postDataJSON())
      expect(route.request().headers()['authorization']).toBe(`Bearer ${ACCESS}`)
      const status = statuses.shift() ?? 201
      if (status === 0) return route.abort()
      return route.fulfill({ status, json: { checkout_url: `${built.url}?checkout` } })
    })
    await setState(page, stateOf({ view: liveView({}, Date.now()), microphone: 'on' }))
    await page.getByText('Top up', { exact: true }).click()
    await page.getByLabel('₦2,000.00').check()
    const popup = page.waitForEvent('popup')
    await button(page, 'Pay ₦2,000.00').click()
    const checkout = await popup
    await checkout.waitForURL(/\?checkout$/)
    await page.getByText('Your time is extended after the payment.').waitFor()
    expect(bodies.at(-1)).toEqual({ amount: 2000, method: 'monnify' })
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/)
    expect(await checkout.evaluate('opener')).toBeNull()
    await isHeading(page, 'In a call with Ngozi')
    await picture(page, 'call-topped-up-360')
    complaints.splice(0)
  })

  it('reports an expired sign-in, and rejects a checkout URL that is not HTTP', async () => {
    const page = await openCall(`${LINK}&access_token=${ACCESS}`)
    const responses = [
      { status: 401, json: { code: 'unauthenticated', title: 'x' } },
      { status: 201, json: { checkout_url: 'javascript:alert(1)' } },
    ]
    await page.context().route('**/payments', (route) => route.fulfill(responses.shift()))
    await setState(page, stateOf({ view: liveView({}, Date.now()), microphone: 'on' }))
    await page.getByText('Top up', { exact: true }).click()
    await button(page, /^Pay/).click()
    await page.getByText('Your sign-in has expired.').waitFor()
    await button(page, /^Pay/).click()
    await page.getByText('The payment could not be started.').waitFor()
    complaints.splice(0)
  })

  it('offers no top-up without an access token', async () => {
    const page = await openCall()
    await setState(page, stateOf({ view: liveView({}, Date.now()), microphone: 'on' }))
    await isHeading(page, 'In a call with Ngozi')
    expect(await page.getByText('Top up').count()).toBe(0)
  })

  it('plays its tones after a gesture, and the low-credit tones once a notice', async () => {
    const page = await openCall('')
    await page.addInitScript(COUNTERS)
    await page.goto('about:blank')
    await page.goto(`${built.url}${LINK}`)
    const tones = () => page.evaluate<number[]>('tones.splice(0)')
    await page.mouse.click(5, 5)
    await setState(page, stateOf({ view: viewOf({ phase: 'ringing' }), microphone: 'on' }))
    await holds(page, 'tones.length > 0')
    expect(new Set(await tones())).toEqual(new Set([425]))
    const view = liveView({}, Date.now())
    const talking = stateOf({ view, microphone: 'on' })
    await setState(page, talking)
    await isHeading(page, 'In a call with Ngozi')
    const notice = { kind: 'low_credit', atMs: 1 } as const
    for (let times = 0; times < 2; times++) await setState(page, { ...talking, notice })
    /** The ringback tone stops after the heading has changed, and may begin once more until then. */
    await holds(page, 'tones.filter((hertz) => hertz === 880).length === 2')
    await tones()
    await setState(page, { ...talking, notice: { ...notice, atMs: 2 } })
    await holds(page, 'tones.length === 2')
    expect(await tones()).toEqual([880, 880])
    await setState(page, stateOf({ view, ended: answered('hangup', 11) }))
    await holds(page, 'tones.length === 2')
    expect(await tones()).toEqual([480, 400])
  })

  it('works in a browser without audio output, wake lock and storage', async () => {
    const page = await openCall('')
    await page.addInitScript(`
      window.AudioContext = class { constructor() { throw new Error('no audio') } }
      if (navigator.wakeLock) navigator.wakeLock.request = () => Promise.reject(new Error('no lock'))
      Storage.prototype.setItem = () => { throw new Error('no storage') }
      Storage.prototype.getItem = () => { throw new Error('no storage') }
    `)
    await page.goto('about:blank')
    await page.goto(`${built.url}${LINK}`)
    await setState(page, stateOf({ view: viewOf({ seat: 'callee', phase: 'ringing' }) }))
    await button(page, 'Accept').click()
    await setState(page, stateOf({ view: liveView({}, Date.now()), microphone: 'on' }))
    await isHeading(page, 'In a call with Ngozi')
    await setState(page, stateOf({ view: viewOf(), ended: unanswered('hangup') }))
    await isHeading(page, 'Call cancelled')
  })

  it('keeps the screen on during a call, again after the tab was hidden, and not longer', async () => {
    const page = await openCall('')
    await page.addInitScript(COUNTERS)
    await page.goto('about:blank')
    await page.goto(`${built.url}${LINK}`)
    await setState(page, stateOf({ view: liveView({}, Date.now()), microphone: 'on' }))
    await holds(page, 'locks.taken === 1')
    await page.evaluate(`void lock.release().then(() =>
      document.dispatchEvent(new Event('visibilitychange')))`)
    await holds(page, 'locks.taken === 2 && locks.held === 1')
    await setState(page, stateOf({ view: viewOf(), ended: unanswered('hangup') }))
    await holds(page, 'locks.held === 0')
  })
})
