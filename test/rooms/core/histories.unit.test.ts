/** Random histories of a room: lost, doubled and reordered results, crashes, silence, lost alarms. */
import fc from 'fast-check'
import { expect, inject, it } from 'vitest'
import { PHASES, type RelayMode, type SeatName, SEATS } from '../../../src/rooms/core/room'
import { ACCEPT, ANSWER, CANDIDATE, OFFER } from '../../support/rooms'
import { type Fault, RoomWorld } from '../../support/room-world'

/** Fewer than a wallet's histories: each one is longer. */
const RUNS = inject('histories') / 10

type Step = (world: RoomWorld) => void

const seats = fc.constantFrom<SeatName[]>(...SEATS)
const crashes = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true))
const faults = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fault>('none') },
  fc.constantFrom<Fault>('lost', 'failed', 'doubled'),
)
const names = fc.constantFrom('offer', 'answer', 'candidate', 'accept', 'connected', 'report')

function say(world: RoomWorld, seat: SeatName, name: string, isCrash: boolean): void {
  const epoch = world.state.epoch.number
  const messages = {
    offer: { ...OFFER, epoch },
    answer: { ...ANSWER, epoch },
    candidate: { type: 'candidate', ...CANDIDATE, epoch },
    accept: { ...ACCEPT, attempt: `attempt-${world.nowMs}` },
    connected: { type: 'connected', epoch },
    report: { type: 'report' },
    decline: { type: 'decline' },
    hangup: { type: 'hangup' },
  } as const
  const message = Object.entries(messages).find(([type]) => type === name)?.[1]
  if (message) world.say(seat, message, isCrash)
}

const messageSteps = (ofNames: fc.Arbitrary<string>) =>
  fc.tuple(seats, ofNames, crashes).map(
    ([seat, name, isCrash]): Step =>
      (world) =>
        say(world, seat, name, isCrash),
  )

const passes = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat(8000) },
      { weight: 1, arbitrary: fc.constantFrom(30_000, 46_000, 70_000) },
      { weight: 1, arbitrary: fc.constantFrom(600_000, 3_400_000) },
    ),
    fc.oneof({ weight: 8, arbitrary: fc.constant(SEATS) }, fc.subarray([...SEATS])),
    fc.boolean(),
  )
  .map(
    ([ms, pinging, isLost]): Step =>
      (world) =>
        world.pass(ms, pinging, isLost),
  )

/** A top-up without faults: in a live call it leads to a new epoch. */
function topUp(world: RoomWorld): void {
  world.wallet.moveHorizon(50_000, world.nowMs)
  world.deliver(Math.max(0, world.wallet.outbox.length - 1), false)
  for (let results = world.inFlight.length; results > 0; results--) world.finish(0, 'none')
  for (const seat of SEATS) say(world, seat, 'connected', false)
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: passes },
  { weight: 6, arbitrary: messageSteps(names) },
  { weight: 1, arbitrary: messageSteps(fc.constant('hangup')) },
  { weight: 1, arbitrary: messageSteps(fc.constant('decline')) },
  { weight: 4, arbitrary: fc.constant<Step>(topUp) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) => world.wallet.answerByClient(world.nowMs)),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat(5), faults).map(
      ([index, fault]): Step =>
        (world) =>
          world.finish(index, fault),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(5), fc.boolean()).map(
      ([index, isKept]): Step =>
        (world) =>
          world.deliver(index, isKept),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(seats, crashes).map(
      ([seat, isCrash]): Step =>
        (world) =>
          world.connect(seat, isCrash),
    ),
  },
  {
    weight: 1,
    arbitrary: seats.map(
      (seat): Step =>
        (world) =>
          world.leave(seat),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(-100_000, 50_000, 4_000_000).map(
      (byMs): Step =>
        (world) =>
          world.wallet.moveHorizon(byMs, world.nowMs),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      (world) => world.wallet.endByClient(world.nowMs),
      (world) => world.apply({ type: 'tokens_revoked' }),
    ),
  },
)

/** The usual way to a live call, of which a history begins with a part. */
const USUAL: readonly Step[] = [
  (world) => world.connect('caller'),
  (world) => say(world, 'caller', 'offer', false),
  (world) => world.connect('callee'),
  (world) => world.finish(0, 'none'),
  (world) => say(world, 'callee', 'accept', false),
  (world) => world.finish(0, 'none'),
  (world) => world.finish(0, 'none'),
  (world) => world.finish(0, 'none'),
  (world) => say(world, 'caller', 'connected', false),
  (world) => say(world, 'callee', 'connected', false),
]

it('any history of a room keeps the order of credentials, and ends quietly', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      fc.constantFrom<RelayMode[]>('relay', 'relay', 'relay', 'direct'),
      fc.oneof(fc.nat(USUAL.length), fc.constant(USUAL.length)),
      fc.array(steps, { maxLength: 80, size: 'max' }),
      (relayMode, begun, history) => {
        const world = new RoomWorld(relayMode)
        for (const step of [...USUAL.slice(0, begun), ...history]) {
          step(world)
          const { phase, end, epoch } = world.state
          seen
            .add(phase)
            .add(`end ${end?.reason}`)
            .add(`epoch ${Math.min(epoch.number, 3)}`)
        }
        world.settle()
      },
    ),
    { numRuns: RUNS },
  )
  const ends = ['end hangup', 'end declined', 'end failed', 'end lost']
  for (const one of [...PHASES, ...ends, 'epoch 2', 'epoch 3']) expect(seen).toContain(one)
})
