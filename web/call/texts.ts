/** All texts of the page. A translation replaces this file. Pure. */
import { printKobo, printSeconds } from '../shared/print'
import type { Receipt } from './meter'
import type { Rejection } from '../../client/room'
import type { Action, Banner, Screen, Seat } from './screen'

const plurals = new Intl.PluralRules('en')
const FORMS = {
  hour: { one: 'hour', other: 'hours' },
  minute: { one: 'minute', other: 'minutes' },
  second: { one: 'second', other: 'seconds' },
} as const
const count = (amount: number, unit: keyof typeof FORMS): string =>
  `${amount} ${FORMS[unit][plurals.select(amount) === 'one' ? 'one' : 'other']}`

/** `125` becomes `2 minutes 5 seconds`. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const
  const words = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => count(amount, unit))
  return words.length === 0 ? count(0, 'second') : words.join(' ')
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })
export const timeOfDay = (ms: number): string => clock.format(new Date(ms))

const fallback = { caller: 'The other person', callee: 'Someone' } as const
const peerOf = ({ peerName, seat }: Pick<Screen, 'peerName' | 'seat'>): string =>
  peerName ?? fallback[seat]
/** In the middle of a sentence. */
const them = ({ peerName }: Pick<Screen, 'peerName'>): string => peerName ?? 'the other person'

interface Ending {
  readonly heading: string
  readonly text: string
}

const CLOSE_PAGE = 'You can close this page.'
const CALL_AGAIN = 'Start a new call in the app to try again.'
const REPLY = 'To talk later, send a message in the chat that had this link.'

const ENDINGS: Readonly<Record<Seat, Readonly<Record<string, Ending>>>> = {
  caller: {
    hangup: { heading: 'Call ended', text: CLOSE_PAGE },
    declined: { heading: 'Call declined', text: `They cannot talk now. ${CALL_AGAIN}` },
    busy: { heading: 'Line busy', text: `They are in another call. ${CALL_AGAIN}` },
    no_answer: { heading: 'No answer', text: `The call was not answered in time. ${CALL_AGAIN}` },
    failed: {
      heading: 'Call not connected',
      text: `The two browsers could not be connected. Check the network, then start a new call.`,
    },
    lost: {
      heading: 'Connection lost',
      text: `One side was offline for too long. You pay only until it was last online. ${CALL_AGAIN}`,
    },
    credit_exhausted: {
      heading: 'Credit used up',
      text: 'The call ended because your call credit is used up. Top up before the next call.',
    },
    max_duration: {
      heading: 'Longest duration reached',
      text: 'Calls have a time limit. Start a new call in the app to continue.',
    },
    wallet_frozen: {
      heading: 'Call stopped',
      text: 'Your wallet is frozen. Contact support before the next call.',
    },
  },
  callee: {
    hangup: { heading: 'Call ended', text: CLOSE_PAGE },
    declined: { heading: 'Call declined', text: `The caller has been notified. ${REPLY}` },
    busy: { heading: 'Call ended', text: REPLY },
    no_answer: { heading: 'Missed call', text: `The call was not accepted in time. ${REPLY}` },
    failed: {
      heading: 'Call not connected',
      text: 'The two browsers could not be connected. Check the network, then ask for a new call.',
    },
    lost: {
      heading: 'Connection lost',
      text: 'One side was offline for too long. Ask the caller for a new call.',
    },
    credit_exhausted: {
      heading: 'Call ended',
      text: 'The caller’s credit is used up. The caller can top up and call again.',
    },
    max_duration: {
      heading: 'Longest duration reached',
      text: 'Calls have a time limit. Ask the caller for a new call to continue.',
    },
    wallet_frozen: {
      heading: 'Call stopped',
      text: `The caller’s account cannot make calls now. ${REPLY}`,
    },
  },
}

const CANCELLED: Readonly<Record<Seat, Ending>> = {
  caller: { heading: 'Call cancelled', text: `The call ended before an answer. ${CALL_AGAIN}` },
  callee: { heading: 'Missed call', text: `The call ended before you accepted. ${REPLY}` },
}
/** Endings of a call whose answer the service refused, for the caller. */
const REFUSALS: Readonly<Record<string, string>> = {
  insufficient_funds: 'Your credit does not cover the call. Top up, then call again.',
  debt_open: 'A debt must be paid before your next call. Top up to pay it, then call again.',
  too_many_lost_calls: 'Too many of your recent calls were cut off or did not connect.',
  wallet_frozen: 'Your wallet is frozen. Contact support before the next call.',
}
const NOT_STARTED: Readonly<Record<Seat, string>> = {
  caller: `The service did not start the call. ${CALL_AGAIN}`,
  callee: `The service did not start the call. You were not charged. ${REPLY}`,
}
const UNKNOWN: Ending = { heading: 'Call ended', text: CLOSE_PAGE }

function endingOf({ seat, reason, wasAnswered, refusal, retryAtMs }: Screen): Ending {
  if (refusal !== null) {
    const known = seat === 'caller' ? REFUSALS[refusal] : undefined
    const again = retryAtMs === null ? '' : ` A new call is possible at ${timeOfDay(retryAtMs)}.`
    return { heading: 'Call not started', text: `${known ?? NOT_STARTED[seat]}${again}` }
  }
  if (reason === 'hangup' && !wasAnswered) return CANCELLED[seat]
  return ENDINGS[seat][reason ?? ''] ?? UNKNOWN
}

const REJECTIONS: Readonly<Record<Rejection, Ending>> = {
  invalid_link: {
    heading: 'This link does not work',
    text: 'It is incomplete, or it has expired. Copy the whole link from the chat, or ask for a new one.',
  },
  call_ended: {
    heading: 'This call has ended',
    text: 'The link was for one call only. To talk again, start or ask for a new call.',
  },
  without_media: {
    heading: 'This call has no audio here',
    text: 'It was answered in another app. Continue there, or start or ask for a new call.',
  },
  replaced: {
    heading: 'Continued in another tab',
    text: 'The same link is open in another tab or on another device. The call continues there.',
  },
  signed_out: {
    heading: 'You are signed out',
    text: 'The call continues without you. Sign in again in the app, then return to the call.',
  },
  unavailable: {
    heading: 'Calls are not available',
    text: 'The service cannot carry audio at the moment. Try again later.',
  },
  rejected_message: {
    heading: 'The connection was closed',
    text: 'The service rejected a message from this page. The call continues, and you can return to it.',
  },
}

/** Pages that need no session. */
export const UNUSABLE = {
  no_link: REJECTIONS.invalid_link,
  no_calls: {
    heading: 'This browser cannot make calls',
    text: 'Open the link in a current version of Chrome, Firefox, Safari or Edge. Browsers inside chat apps often cannot use the microphone.',
  },
} as const

export function heading(screen: Screen): string {
  const { name, rejection } = screen
  const peer = peerOf(screen)
  if (rejection) return REJECTIONS[rejection].heading
  if (name === 'ended' || name === 'ending') return endingOf(screen).heading
  if (name === 'opening') return 'Opening the call…'
  if (name === 'waiting') return `Waiting for ${them(screen)}`
  if (name === 'ringing') return `Calling ${them(screen)}…`
  if (name === 'incoming') return `${peer} wants to talk to you`
  if (name === 'connecting') return `Connecting to ${them(screen)}…`
  return name === 'talking' ? `In a call with ${them(screen)}` : 'Answered without audio'
}

const ENCRYPTED = 'The audio is encrypted end to end between your two browsers.'

export function paragraphs(screen: Screen): readonly string[] {
  const { name, rejection, ringSeconds } = screen
  if (rejection) return [REJECTIONS[rejection].text]
  if (name === 'ended') return [endingOf(screen).text]
  if (name === 'ending') return ['Finishing the call…']
  if (name === 'opening') return ['This takes a moment.']
  if (name === 'incoming')
    return [
      'When you accept, your browser asks for the microphone. Allow it, so that you can be heard.',
      `You need no account, and you pay nothing except mobile data. ${ENCRYPTED}`,
    ]
  if (name === 'without_media')
    return ['Another app answered this call. This page only shows the meter; hang up in that app.']
  if (name !== 'waiting' && name !== 'ringing') return []
  const wait =
    name === 'waiting'
      ? `${peerOf(screen)} has not opened the link yet.`
      : `${peerOf(screen)} has opened the link and sees your call.`
  const left = ringSeconds === null ? '' : ` Time to answer: ${printSeconds(ringSeconds)}.`
  return [`${wait}${left}`, `Before the answer, the call costs nothing. ${ENCRYPTED}`]
}

/** Title of the tab. */
export const title = (screen: Screen): string => `${heading(screen)} · AIleana`
export const plainTitle = (heading: string): string => `${heading} · AIleana`

const MICROPHONE = {
  off: 'The other person hears you once the microphone is on. Your browser asks you to allow it.',
  asking: 'Your browser asks for the microphone now. Choose “Allow”.',
  refused:
    'This page may not use the microphone. Allow it in the site settings beside the address, then try again.',
  missing: 'No microphone was found. Connect one, for example a headset, then try again.',
  failed:
    'The microphone did not start. Close other apps that use it, or open the link in Chrome or Safari, then try again.',
  on: '',
} as const

const linkLost = ({ name }: Screen): string =>
  name === 'talking'
    ? 'Reconnecting to the service. You can go on talking.'
    : 'No connection at the moment. The page reconnects automatically.'

function credit(screen: Screen, kind: 'low_credit' | 'horizon_moved', untilMs: number): string {
  const until = timeOfDay(untilMs)
  if (kind === 'horizon_moved') return `The call can now last until ${until}.`
  return screen.seat === 'caller'
    ? `Your credit lasts only until ${until}. Top up to talk longer.`
    : `The caller’s credit lasts only until ${until}, unless the caller tops up.`
}

function microphoneText(screen: Screen, is: keyof typeof MICROPHONE): string {
  const isFree = screen.name !== 'talking' && is !== 'off' && is !== 'asking'
  return isFree ? `${MICROPHONE[is]} Until then, the call costs nothing.` : MICROPHONE[is]
}

const SIMPLE_BANNERS = {
  audio_interrupted: 'The audio is interrupted. Reconnecting…',
  weak_line: 'Weak connection. Move closer to your router or to a window.',
  answer_delayed: 'The service could not start the call yet. It will try again in a moment.',
  audio_only: 'This page supports audio only, not video.',
} as const

export function bannerText(screen: Screen, banner: Banner): string {
  switch (banner.kind) {
    case 'microphone':
      return microphoneText(screen, banner.is)
    case 'link_lost':
      return linkLost(screen)
    case 'peer_away':
      return `${peerOf(screen)} is offline for a moment. Please wait.`
    case 'low_credit':
    case 'horizon_moved':
      return credit(screen, banner.kind, banner.untilMs)
    default:
      return SIMPLE_BANNERS[banner.kind]
  }
}

export function actionText(action: Action, screen: Screen, isMuted: boolean): string {
  if (action === 'accept') return 'Accept'
  if (action === 'decline') return 'Decline'
  if (action === 'turn_on_microphone') return 'Turn on microphone'
  if (action === 'mute') return isMuted ? 'Unmute' : 'Mute'
  if (action === 'restart')
    return screen.rejection === 'replaced' ? 'Take the call back' : 'Return to the call'
  return screen.name === 'waiting' || screen.name === 'ringing' ? 'Cancel call' : 'Hang up'
}

export const muteState = (isMuted: boolean): string =>
  isMuted ? 'You are muted.' : 'The microphone is on.'

export const EMERGENCY =
  'Emergency calls are not possible here. In an emergency, dial 112 or your local number by phone.'

export const METER = {
  talked: 'Talking for',
  cost: 'Cost so far',
  left: 'Time left',
  rate: (koboPerMinute: number) => `${printKobo(koboPerMinute)} a minute`,
  until: (ms: number) => `until ${timeOfDay(ms)}`,
} as const

export const RECEIPT = {
  heading: 'Receipt',
  duration: 'Duration',
  charge: 'Charge',
  unanswered: 'Not answered',
  unknownDuration: 'Not known yet',
  unknown: 'Not known yet; your list of calls will show it.',
  none: 'No charge',
} as const

export function receiptDuration({ isAnswered, seconds }: Receipt): string {
  if (!isAnswered) return RECEIPT.unanswered
  return seconds === null ? RECEIPT.unknownDuration : duration(seconds)
}

export function receiptCharge({ chargeKobo, isAnswered }: Receipt): string {
  if (chargeKobo === null && isAnswered) return RECEIPT.unknown
  return chargeKobo ? printKobo(chargeKobo) : RECEIPT.none
}

export const DEVICES = {
  summary: 'Audio devices',
  microphone: 'Microphone',
  loudspeaker: 'Loudspeaker',
  unnamed: (position: number) => `Device ${position}`,
} as const

export const DETAILS = {
  summary: 'Connection details',
  data: 'Mobile data',
  dataValue: (kilobytes: number) => `${Math.round(kilobytes)} kB per minute`,
  delay: 'Round trip',
  delayValue: (ms: number | null) => (ms === null ? 'not measured yet' : `${Math.round(ms)} ms`),
  loss: 'Lost packets',
  lossValue: (fraction: number) => `${(fraction * 100).toFixed(1)} %`,
} as const

export const TOP_UP = {
  summary: 'Top up',
  legend: 'Amount',
  submit: (amount: number) => `Pay ${printKobo(amount * 100)}`,
  duringCall: {
    before: 'The payment page opens in a new tab. The call continues.',
    opened: 'The payment page is open in another tab. Your time is extended after the payment.',
  },
  afterCall: {
    before: 'The payment page opens in a new tab.',
    opened: 'The payment page is open in another tab.',
  },
  again: 'Open the payment page',
  failures: {
    signed_out: 'Your sign-in has expired. Top up in the app.',
    offline: 'The service does not respond. Try again.',
    failed: 'The payment could not be started. Try again in a moment.',
  },
} as const
