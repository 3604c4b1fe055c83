/** The cost of a call with streams in SCALING.md, without the rows of the streams' own objects. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, it, vi } from 'vitest'
import scaling from '../../SCALING.md?raw'
import { createDeps } from '../../src/deps'
import { createStreamOf } from '../../src/events/object/client'
import { DEPLOYMENT } from '../../src/outbox/event'
import { Outbox } from '../../src/outbox/outbox'
import { markStreamed } from '../../src/wallets/service'
import { dial, userWithCredit } from '../support/client'
import { pass, useClock } from '../support/clock'
import { type Costs, costOf, installCounters } from '../support/counts'
import { recordStreams, turnDeploymentEventsOn } from '../support/event-streams'
import { receiptsIssued } from '../support/receipts'

useClock()
beforeAll(installCounters)

const PARTS = ['POST /calls', 'PATCH /calls/{uuid}/answer', 'PATCH /calls/{uuid}/end'] as const
const HEADER = 'with streams'

/** Costs of a call that is started, answered and ended, with the deliveries of its events. */
async function costsOfCall(streams: 'none' | 'user' | 'both'): Promise<Costs[]> {
  const user = await userWithCredit(60)
  await receiptsIssued(user.uuid)
  if (streams !== 'none') await markStreamed(createDeps(env), user.uuid)
  if (streams === 'both') turnDeploymentEventsOn()
  recordStreams(user.uuid)
  for (const owner of [user.uuid, DEPLOYMENT]) await createStreamOf(env.STREAM)(owner).listKeys(0)
  await runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/call_credits`))
  await user.send('GET', '/tariff?phone=08031234567')
  const deliveries = vi.spyOn(Outbox.prototype, 'deliver')
  const cost = (operation: () => Promise<unknown>) =>
    costOf(async () => {
      await operation()
      await expect
        .poll(() => deliveries.mock.settledResults.every(({ type }) => type === 'fulfilled'), {
          timeout: 20_000,
        })
        .toBe(true)
    })
  let call = ''
  const started = await cost(async () => (call = `/calls/${(await dial(user)).body.uuid}`))
  const answered = await cost(() => user.send('PATCH', `${call}/answer`))
  pass(61_000)
  const ended = await cost(() => user.send('PATCH', `${call}/end`))
  return [started, answered, ended]
}

const written = (costs: readonly Costs[]) => costs.map(({ rowsWritten }) => rowsWritten)

const cellsOf = (lines: readonly string[]): string[][] =>
  lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )

it('a call writes 2 rows more for each event and stream, and none without a stream', async () => {
  const none = await costsOfCall('none')
  const user = await costsOfCall('user')
  const both = await costsOfCall('both')
  const plain = cellsOf(scaling.split('\n').filter((line) => line.startsWith('| `')))
  expect(written(none).map(String)).toEqual(
    PARTS.map((part) => plain.find(([name]) => name === part)?.[2]?.split(' / ')[1]),
  )
  expect(written(user)).toEqual(written(none).map((rows) => rows + 2))
  expect(written(both)).toEqual(written(none).map((rows) => rows + 4))
  const lines = scaling.split('\n')
  const begins = lines.findIndex((line) => line.startsWith(`| ${HEADER}`))
  const rows = ({ objectRequests, rowsRead, rowsWritten }: Costs) => [
    `${objectRequests}`,
    `${rowsRead} / ${rowsWritten}`,
  ]
  expect(cellsOf(lines.slice(begins + 2, begins + 5))).toEqual(
    PARTS.map((part, index) => [
      part,
      ...[user, both].flatMap((costs) => costs.slice(index, index + 1).flatMap(rows)),
    ]),
  )
})
