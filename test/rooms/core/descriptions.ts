/**
 * Session descriptions of browsers. Those of Chromium 150 and Firefox 140 were captured from two pages, and
 * only their addresses were replaced by those of RFC 5737 and RFC 3849. The page of a `relay` description
 * had `iceTransportPolicy: 'relay'`. The one named `safari-like` was written by hand.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const DESCRIPTIONS = [
  'chromium-audio-offer',
  'chromium-audio-answer',
  'chromium-relay-audio-offer',
  'chromium-relay-audio-answer',
  'chromium-video-offer',
  'chromium-video-answer',
  'chromium-relay-video-data-offer',
  'chromium-relay-video-data-answer',
  'firefox-video-offer',
  'firefox-video-answer',
  'safari-like-video-offer',
] as const

export type DescriptionName = (typeof DESCRIPTIONS)[number]

/** Returns a description with CRLF line endings, as browsers write it. */
export const readFixture = (name: DescriptionName): string =>
  readFileSync(join(import.meta.dirname, 'descriptions', `${name}.sdp`), 'utf8').replaceAll(
    '\n',
    '\r\n',
  )

export const typeOf = (name: DescriptionName): 'offer' | 'answer' =>
  name.endsWith('offer') ? 'offer' : 'answer'

export const linesOf = (sdp: string): string[] => sdp.split('\r\n').slice(0, -1)

export const text = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\r\n`).join('')

export const mediaLines = (sdp: string): string[] =>
  linesOf(sdp).filter((line) => line.startsWith('m='))
