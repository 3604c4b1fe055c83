import { describe, expect, it } from 'vitest'
import type { RoomView } from '../../../client/room'
import { hasControls, screenOf } from '../../../web/call/screen'
import type { SessionState } from '../../../web/call/session/session'
import {
  actionText,
  bannerText,
  heading,
  paragraphs,
  title,
  timeOfDay,
} from '../../../web/call/texts'
import { screens } from './screens'
import { answered, liveView, START, stateOf, unanswered, viewOf } from './states'

const PHASES = [
  'open',
  'ringing',
  'answering',
  'connecting',
  'live',
  'no_media',
  'ending',
  'ended',
] as const satisfies readonly RoomView['phase'][]
const MICROPHONES = ['off', 'asking', 'on', 'refused', 'missing', 'failed'] as const
const LINKS = ['opening', 'open', 'lost', 'closed'] as const
const REJECTIONS = [
  null,
  'invalid_link',
  'call_ended',
  'without_media',
  'replaced',
  'signed_out',
  'rejected_message',
  'unavailable',
] as const
const SEATS = ['caller', 'callee'] as const
const ENDED = [null, unanswered('hangup'), answered('hangup', 11)]

function* everyState(): Generator<SessionState> {
  for (const phase of PHASES)
    for (const seat of SEATS)
      for (const microphone of MICROPHONES)
        for (const link of LINKS)
          for (const rejection of REJECTIONS)
            for (const ended of ENDED)
              yield stateOf({
                view: viewOf({ phase, seat }),
                microphone,
                link,
                rejection,
                ended,
                media: 'connected',
              })
}

/** Screen by phase, for the caller and the callee. */
const NAMES: Readonly<Record<RoomView['phase'], readonly [string, string]>> = {
  open: ['waiting', 'incoming'],
  ringing: ['ringing', 'incoming'],
  answering: ['connecting', 'connecting'],
  connecting: ['connecting', 'connecting'],
  live: ['talking', 'talking'],
  no_media: ['without_media', 'without_media'],
  ending: ['ending', 'ending'],
  ended: ['ending', 'ending'],
}

function expectedName({ ended, rejection, view }: SessionState): string {
  if (ended) return 'ended'
  if (rejection) return 'rejected'
  return NAMES[view?.phase ?? 'open'][view?.seat === 'caller' ? 0 : 1]
}

describe('the screen of a state', () => {
  it('follows the end, then the rejection, then phase and seat', () => {
    const wrong = [...everyState()].filter(
      (state) => screenOf(state, START).name !== expectedName(state),
    )
    expect(wrong).toEqual([])
  })

  it('offers accept and decline only to a callee whose call is open', () => {
    for (const state of everyState()) {
      const { name, actions } = screenOf(state, START)
      expect(actions.includes('accept')).toBe(name === 'incoming')
      expect(actions.includes('decline')).toBe(name === 'incoming')
    }
  })

  it('always offers an end of a call with controls, and no command of an ended or rejected one', () => {
    for (const state of everyState()) {
      const screen = screenOf(state, START)
      expect(screen.actions.includes('hang_up')).toBe(hasControls(screen))
      const isFinal = ['ended', 'ending', 'rejected'].includes(screen.name)
      if (isFinal) expect(screen.actions.filter((action) => action !== 'restart')).toEqual([])
    }
  })

  it('offers mute while the microphone is on, and otherwise the microphone', () => {
    for (const state of everyState()) {
      const screen = screenOf(state, START)
      if (!hasControls(screen)) continue
      expect(screen.actions.includes('mute')).toBe(state.microphone === 'on')
      expect(screen.actions.includes('turn_on_microphone')).toBe(state.microphone !== 'on')
    }
  })

  it('shows a lost link on every screen of an open call', () => {
    for (const state of everyState()) {
      const { name, banners } = screenOf(state, START)
      const isOpen = !['ended', 'ending', 'rejected'].includes(name)
      const isShown = banners.some(({ kind }) => kind === 'link_lost')
      expect(isShown).toBe(isOpen && state.link !== 'open')
    }
  })

  it('rings for a callee who has not responded, and for a caller whose call rings', () => {
    for (const state of everyState()) {
      const { name, sound } = screenOf(state, START)
      const isRinging = name === 'incoming' && state.microphone === 'off'
      const ring = isRinging ? 'ring' : null
      expect(sound).toBe(name === 'ringing' ? 'ringback' : ring)
    }
  })

  it('has texts for every state', () => {
    for (const state of everyState()) {
      const screen = screenOf(state, START)
      const said = [
        heading(screen),
        title(screen),
        ...paragraphs(screen),
        ...screen.banners.map((banner) => bannerText(screen, banner)),
        ...screen.actions.map((action) => actionText(action, screen, state.isMuted)),
      ]
      for (const text of said) expect(text).toMatch(/^\S.*\S$/)
      expect(said.join(' ')).not.toMatch(/undefined|null|NaN/)
    }
  })

  it.each(screens(START))(
    '$name has its heading and buttons',
    ({ state, heading: said, actions }) => {
      const screen = screenOf(state, START)
      expect(heading(screen)).toBe(said)
      expect(screen.actions.map((action) => actionText(action, screen, state.isMuted))).toEqual(
        actions,
      )
    },
  )
})

const kinds = (state: SessionState, nowMs = START) =>
  screenOf(state, nowMs).banners.map(({ kind }) => kind)

describe('a banner', () => {
  const talking = { microphone: 'on', media: 'connected' } as const

  it('shows only the problem that explains the others', () => {
    const line = { isWeak: true, kilobytesPerMinute: 0, rttMs: null, lossFraction: 0.5 }
    const view = liveView({ isPeerPresent: false })
    const all = stateOf({ ...talking, line, view, media: 'interrupted', link: 'lost' })
    expect(kinds(all)).toEqual(['link_lost'])
    expect(kinds({ ...all, link: 'open' })).toEqual(['peer_away'])
    const present = { ...all, link: 'open', view: liveView() } as const
    expect(kinds(present)).toEqual(['audio_interrupted'])
    expect(kinds({ ...present, media: 'connected' })).toEqual(['weak_line'])
  })

  it('warns in the last minute of the credit, even after a reload without a notice', () => {
    const state = stateOf({ ...talking, view: liveView() })
    expect(kinds(state, START + 239_000)).toEqual([])
    expect(kinds(state, START + 240_000)).toEqual(['low_credit'])
    const limited = stateOf({ ...talking, view: liveView({ mustEndReason: 'max_duration' }) })
    expect(kinds(limited, START + 299_000)).toEqual([])
  })

  it('shows the new end on the local clock', () => {
    const notice = { kind: 'horizon_moved', atMs: START } as const
    const state = stateOf({ ...talking, notice, view: liveView(), clockOffsetMs: 60_000 })
    expect(screenOf(state, START).banners).toEqual([
      { kind: 'horizon_moved', untilMs: START + 240_000 },
    ])
  })

  it('says that the answer is delayed until it is committed', () => {
    const answerFailure = { code: 'wallet_unavailable', retryAtMs: null }
    const state = stateOf({ answerFailure, microphone: 'on' })
    expect(kinds({ ...state, view: viewOf({ phase: 'answering' }) })).toEqual(['answer_delayed'])
    expect(kinds({ ...state, view: viewOf({ phase: 'connecting' }) })).toEqual([])
    expect(kinds({ ...state, view: liveView() })).toEqual([])
  })

  it('says the same while only time passes, so that a screen reader is not interrupted', () => {
    for (const { state } of screens(START)) {
      const [now, later] = [START, START + 1000].map((nowMs) => {
        const screen = screenOf(state, nowMs)
        return screen.banners.map((banner) => bannerText(screen, banner))
      })
      expect(later).toEqual(now)
    }
  })
})

describe('a refused answer', () => {
  const answerFailure = { code: 'too_many_lost_calls', retryAtMs: START + 60_000 }
  const ended = unanswered('failed')
  const said = (state: SessionState) => {
    const screen = screenOf(state, START)
    return [heading(screen), ...paragraphs(screen)].join(' ')
  }

  it('is explained to the caller, and not to the callee', () => {
    const caller = stateOf({ view: viewOf(), answerFailure, ended })
    expect(said(caller)).toMatch(/^Call not started Too many of your recent calls were cut off/)
    const callee = { ...caller, view: viewOf({ seat: 'callee' }) }
    expect(said(callee)).toMatch(/^Call not started The service did not start the call/)
  })

  it('says to both when a new call is possible, by the local clock', () => {
    for (const seat of ['caller', 'callee'] as const) {
      const view = viewOf({ seat })
      const state = stateOf({ view, answerFailure, ended, clockOffsetMs: 120_000 })
      expect(said(state)).toContain(`A new call is possible at ${timeOfDay(START - 60_000)}.`)
    }
  })

  it('does not explain the end of a call that was answered later', () => {
    const state = stateOf({ view: liveView(), answerFailure, ended })
    expect(said(state)).toMatch(/^Call not connected/)
  })
})

describe('an end', () => {
  const said = (state: SessionState) => heading(screenOf(state, START))

  it('of a call that was answered after the last state is not shown as cancelled', () => {
    const ended = answered('hangup', 11)
    expect(said(stateOf({ view: viewOf(), ended }))).toBe('Call ended')
    expect(said(stateOf({ view: viewOf({ seat: 'callee' }), ended }))).toBe('Call ended')
  })

  it('of a call that was answered after a refusal does not show the refusal', () => {
    const answerFailure = { code: 'insufficient_funds', retryAtMs: null }
    const ended = answered('failed', 0)
    expect(said(stateOf({ view: viewOf(), answerFailure, ended }))).toBe('Call not connected')
  })
})

describe('a top-up', () => {
  it('is offered to a caller in a call, and after the credit is used up', () => {
    const offers = (state: SessionState) => screenOf(state, START).offersTopUp
    const view = liveView()
    expect(offers(stateOf({ view }))).toBe(true)
    expect(offers(stateOf({ view: liveView({ seat: 'callee' }) }))).toBe(false)
    expect(offers(stateOf({ view: viewOf() }))).toBe(false)
    expect(offers(stateOf({ view, ended: answered('credit_exhausted', 5) }))).toBe(true)
    expect(offers(stateOf({ view, ended: answered('hangup', 5) }))).toBe(false)
    const failed = stateOf({ view: viewOf(), ended: unanswered('failed') })
    expect(offers(failed)).toBe(false)
    const answerFailure = { code: 'insufficient_funds', retryAtMs: null }
    expect(offers({ ...failed, answerFailure })).toBe(true)
  })
})
