/** Prints what happened, line by line: a label, and a sentence about it. */
import { styleText } from 'node:util'
import { describeEvent, verdictOf } from '../../src/dev/simulator/webhook-words.ts'

const LABEL_WIDTH = 11

export interface SentWebhook {
  readonly body: string
  readonly signature: string | null
  readonly answer: number
  readonly verdict: string | null
}

type Print = (text: string) => void

export interface Story {
  /** Prints a sentence, under its label if there is one. */
  readonly line: (label: string, text: string) => void
  /** Prints an event, and the service's verdict on it. */
  readonly webhook: (label: string, webhook: SentWebhook) => void
}

/** Characters of a signature that are shown; a signature has 128. */
const SHOWN = 16

const signatureText = ({ signature }: SentWebhook): string =>
  signature === null ? 'no signature' : `signed ${signature.slice(0, SHOWN)}…`

export function createStory(print: Print = (text) => console.log(text)): Story {
  const line: Story['line'] = (label, text) =>
    print(`  ${styleText('cyan', label.padEnd(LABEL_WIDTH))}${text}`)
  return {
    line,
    webhook(label, webhook) {
      const { isAccepted, text } = verdictOf(webhook)
      line(label, `${describeEvent(webhook.body)} (${signatureText(webhook)})`)
      const verdict = `${webhook.answer} ${text}.`
      line('', styleText(isAccepted ? 'green' : 'yellow', `→ ${verdict}`))
    },
  }
}
