/** Compares the outcome of a scenario with what must have happened. Pure. */
import { nameFaults } from '../../../src/dev/simulator/faults.ts'
import type {
  Ending,
  Scenario,
  StatusFault,
  WebhookFault,
} from '../../../src/dev/simulator/scenario.ts'
import { printNaira } from '../../../src/dev/simulator/webhook-words.ts'

export interface ScenarioOutcome {
  /** Amount that the customer has paid, in kobo. */
  readonly receivedKobo: number
  /** Balance of the wallet, which was empty before, in kobo. */
  readonly creditedKobo: number
  /** Number of top-ups in the ledger. */
  readonly topUps: number
  /** Status of the payment. */
  readonly status: string
  readonly webhooks: readonly { readonly answer: number }[]
}

export interface ScenarioVerdict {
  readonly isCorrect: boolean
  /** Sentence that begins with `Correct:` or `Wrong:`. */
  readonly text: string
}

const CUSTOMERS: Readonly<Record<Ending, string>> = {
  pay: 'The customer pays in full.',
  pay_part: 'The customer pays a half.',
  pay_too_much: 'The customer pays a quarter more.',
  decline: 'The bank declines the payment.',
  abandon: 'The customer abandons the checkout.',
}

const STATUSES: Readonly<Record<Ending, string>> = {
  pay: 'completed',
  pay_part: 'processing',
  pay_too_much: 'completed',
  decline: 'failed',
  abandon: 'cancelled',
}

/** `The customer pays in full. Webhook: sent twice.` */
export const describeScenario = (scenario: Scenario): string =>
  [CUSTOMERS[scenario.ending], ...nameFaults(scenario).map(({ title }) => `${title}.`)].join(' ')

const FORGED = new Set<WebhookFault>(['unsigned', 'wrongly_signed', 'altered'])

const isForged = ({ webhook }: Scenario): boolean => FORGED.has(webhook)

/** Number of webhooks that the gateway sends until the service accepts them. */
export function expectedWebhooks({ ending, webhook }: Scenario): number {
  if (ending === 'decline' || ending === 'abandon' || webhook === 'dropped') return 0
  return webhook === 'duplicate' || webhook === 'reordered' ? 2 : 1
}

const ENDED: Readonly<Record<Ending, string>> = {
  pay: 'credited once',
  pay_part: 'the part was credited, and the payment waits for the rest',
  pay_too_much: 'everything that was received was credited, once',
  decline: 'nothing was credited',
  abandon: 'nothing was credited',
}

const AFTER_WEBHOOK: Readonly<Record<WebhookFault, string>> = {
  none: '',
  duplicate: ', although the webhook came twice',
  late: ', although the webhook came late: the service had queried the gateway',
  reordered: ', although an older event came last',
  dropped: ', although no webhook came: the service queried the gateway',
  unsigned: ', but not for the webhook without a signature: the service queried the gateway',
  wrongly_signed: ', but not for the forged webhook: the service queried the gateway',
  altered: ', with the amount that the gateway reports, not that of the altered webhook',
}

const AFTER_STATUS: Readonly<Record<StatusFault, string>> = {
  none: '',
  slow: ', although the gateway responded too late',
  error_500: ', although the gateway failed twice with status 500',
  text_502: ', although the gateway failed twice with status 502',
  contradictory: ', although the gateway reported twice that nothing was paid',
}

function mistakes(scenario: Scenario, outcome: ScenarioOutcome): string[] {
  const { receivedKobo, creditedKobo, topUps, status, webhooks } = outcome
  const accepted = webhooks.filter(({ answer }) => answer === 200).length
  const expected = isForged(scenario) ? 0 : expectedWebhooks(scenario)
  const found: (string | false)[] = [
    creditedKobo !== receivedKobo &&
      `${printNaira(creditedKobo)} was credited for ${printNaira(receivedKobo)} received`,
    topUps !== (receivedKobo > 0 ? 1 : 0) && `the ledger has ${topUps} top-ups`,
    status !== STATUSES[scenario.ending] &&
      `the payment is ${status} instead of ${STATUSES[scenario.ending]}`,
    accepted !== expected && `${accepted} webhooks were accepted instead of ${expected}`,
    webhooks.length < expectedWebhooks(scenario) && `only ${webhooks.length} webhooks arrived`,
  ]
  return found.filter((mistake) => mistake !== false)
}

export function judgeScenario(scenario: Scenario, outcome: ScenarioOutcome): ScenarioVerdict {
  const wrong = mistakes(scenario, outcome)
  if (wrong.length > 0) return { isCorrect: false, text: `Wrong: ${wrong.join('; ')}.` }
  const { ending, webhook, status } = scenario
  const text = `Correct: ${ENDED[ending]}${AFTER_WEBHOOK[webhook]}${AFTER_STATUS[status]}.`
  return { isCorrect: true, text }
}
