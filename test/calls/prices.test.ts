import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { pass, useClock } from '../support/clock'
import { fixedTariff } from '../support/tariffs'
import {
  dial,
  newUser,
  PHONE,
  type Send,
  sender,
  userWithCredit,
  walletOf,
} from '../support/client'

useClock()

const TARIFF = {
  id: 'retail',
  version: 7,
  rates: [
    { id: 'nigeria', prefix: '+234', kobo_per_minute: 1000 },
    { id: 'nigeria-video', prefix: '+234', type: 'video', kobo_per_minute: 1850 },
    {
      id: 'uk',
      prefix: '+44',
      kobo_per_minute: 2533,
      unit_kobo: 1,
      minimum_seconds: 20,
      increment_seconds: 7,
      setup_kobo: 150,
    },
    { id: 'uk-premium', prefix: '+449', forbidden: true },
  ],
}
const LONDON = '+442079460958'

const sendWith = (tariff: object, country: 'NG' | 'GB' = 'NG'): Send => {
  const deps = { ...createDeps(env), tariff: fixedTariff(tariff), defaultCountry: country }
  const app = createApp(deps)
  return sender(async (request) => app.fetch(request))
}

const quotePath = (phone: string, rest = '') => `/tariff?phone=${encodeURIComponent(phone)}${rest}`

describe('a quote', () => {
  it('returns the cost of a call, and how long the credit lasts', async () => {
    const user = await userWithCredit(50)
    const quote = await user.send('GET', quotePath(PHONE, '&seconds=61'))
    expect(quote).toMatchObject({
      status: 200,
      body: {
        recipient_phone: PHONE,
        type: 'audio',
        rate: { id: 'standard/everywhere', version: 2, kobo_per_minute: 1000, minimum_seconds: 1 },
        seconds: 61,
        cost: 11,
        hold: 10,
        balance: 50,
        affordable_seconds: 300,
      },
    })
  })

  it('promises exactly the seconds that the call then lasts, while another call runs', async () => {
    const user = await userWithCredit(100, sendWith(TARIFF))
    const running = (await dial(user)).body.uuid
    await user.send('PATCH', `/calls/${running}/answer`)
    pass(12_345)
    const { body: quote } = await user.send('GET', quotePath(LONDON))
    expect(quote.balance).toBe(90)
    const call = await dial(user, { body: { recipient_phone: LONDON } })
    await user.send('PATCH', `/calls/${call.body.uuid}/answer`)
    pass(3_600_000)
    const { body } = await user.send('GET', `/calls/${call.body.uuid}`)
    expect(body.end_reason).toBe('credit_exhausted')
    expect(body.duration_seconds).toBe(quote.affordable_seconds)
    expect(quote.affordable_seconds).toBeGreaterThan(60)
  })

  it('moves no money, and promises zero seconds without credit', async () => {
    const user = await newUser()
    const { body } = await user.send('GET', quotePath(PHONE))
    expect(body).toMatchObject({ cost: 10, balance: 0, affordable_seconds: 0 })
    expect((await user.send('GET', '/calls')).body).toEqual([])
  })

  it('is limited to the maximum duration of a call', async () => {
    const user = await userWithCredit(9000)
    expect((await user.send('GET', quotePath(PHONE))).body.affordable_seconds).toBe(14_400)
  })

  it.each([
    ['', 'phone'],
    ['?phone=123', 'phone'],
    [`?phone=${PHONE}&phone=${PHONE}`, 'phone'],
    [quotePath(PHONE, '&type=fax').slice(7), 'type'],
    [quotePath(PHONE, '&seconds=-1').slice(7), 'seconds'],
    [quotePath(PHONE, '&seconds=1.5').slice(7), 'seconds'],
    [quotePath(PHONE, '&seconds=99999999999').slice(7), 'seconds'],
  ])("for %s is rejected with the field's name", async (query, field) => {
    const user = await newUser()
    const answer = await user.send('GET', `/tariff${query}`)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${field}` }] } })
  })

  it('accepts a plus sign that is not encoded', async () => {
    const user = await newUser()
    const { body } = await user.send('GET', `/tariff?phone=${PHONE}`)
    expect(body.recipient_phone).toBe(PHONE)
  })
})

describe('a minimum of 90 s and steps of 60 s', () => {
  const STEPPED = {
    id: 'stepped',
    version: 1,
    rates: [
      {
        id: 'all',
        prefix: '+',
        kobo_per_minute: 1000,
        minimum_seconds: 90,
        increment_seconds: 60,
      },
    ],
  }
  /** Rates that an earlier version stored have no rule for increments. */
  const makeOld = async (user: { uuid: string }) => {
    const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec("UPDATE calls SET rate = json_remove(rate, '$.steps')")
    })
    await evictDurableObject(stub)
  }

  it('are quoted as 90 s, then whole minutes', async () => {
    const user = await userWithCredit(15, sendWith(STEPPED))
    for (const [seconds, cost] of [
      [1, 15],
      [60, 15],
      [61, 15],
      [90, 15],
      [91, 25],
      [150, 25],
      [151, 35],
      [210, 35],
    ]) {
      const { body } = await user.send('GET', quotePath(PHONE, `&seconds=${seconds}`))
      expect(body).toMatchObject({ cost, hold: 15, affordable_seconds: 90 })
      expect(body.rate.steps).toBe('after_minimum')
    }
  })

  it.each([
    ['a call that is started now', false, 210_999, 'after_minimum', 25, 150],
    ['a call that an earlier version started', true, 180_999, 'from_zero', 20, 120],
  ])(
    'end and charge %s by the formula of its rate',
    async (_, isOld, lastsMs, steps, cost, billedSeconds) => {
      const user = await userWithCredit(35, sendWith(STEPPED))
      const { uuid } = (await dial(user)).body
      if (isOld) await makeOld(user)
      const { body: answered } = await user.send('PATCH', `/calls/${uuid}/answer`)
      expect(answered).toMatchObject({ rate: { steps }, cost: 15 })
      expect(Date.parse(answered.must_end_by) - Date.parse(answered.started_at)).toBe(lastsMs)
      pass(100_000)
      expect((await user.send('GET', `/calls/${uuid}`)).body.cost).toBe(cost)
      const { body: ended } = await user.send('PATCH', `/calls/${uuid}/end`)
      expect(ended).toMatchObject({ cost, charge: { billed_seconds: billedSeconds, amount: cost } })
      expect((await walletOf(user)).balance).toBe(35 - cost)
      const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
      expect((await runInDurableObject(stub, (wallet) => wallet.audit())).faults).toEqual([])
    },
  )
})

describe('a destination', () => {
  it('that the tariff forbids is refused before any amount is held', async () => {
    const user = await userWithCredit(100, sendWith(TARIFF))
    for (const phone of ['+449012345678', '+14155550123']) {
      const refused = await dial(user, { body: { recipient_phone: phone } })
      expect(refused).toMatchObject({ status: 400, body: { code: 'destination_not_allowed' } })
      expect((await user.send('GET', quotePath(phone))).body.code).toBe('destination_not_allowed')
    }
    expect(await walletOf(user)).toMatchObject({ balance: 100, held: 0 })
    expect((await user.send('GET', '/calls')).body).toEqual([])
  })

  it('with a satellite or premium-rate number is refused by the built-in tariff', async () => {
    const user = await userWithCredit(100)
    for (const phone of ['+870773123456', '+979123456789', '+24762889']) {
      const refused = await dial(user, { body: { recipient_phone: phone } })
      expect(refused).toMatchObject({ status: 400, body: { code: 'destination_not_allowed' } })
    }
    expect(await walletOf(user)).toMatchObject({ balance: 100, held: 0 })
  })

  it('in local form is shown in E.164, and is the same with one key in every spelling', async () => {
    const user = await userWithCredit(50)
    const headers = { 'Idempotency-Key': 'k' }
    const local = await dial(user, { body: { recipient_phone: '0803 123 4567' }, headers })
    expect(local.body.recipient_phone).toBe(PHONE)
    const same = await dial(user, { body: { recipient_phone: PHONE }, headers })
    expect(same.headers.get('Idempotent-Replayed')).toBe('true')
    const british = await userWithCredit(50, sendWith(TARIFF, 'GB'))
    const london = await dial(british, { body: { recipient_phone: '020 7946 0958' } })
    expect(london.body.recipient_phone).toBe(LONDON)
  })
})

describe('the record of a call', () => {
  const naira = (amount: number) => BigInt(Math.round(amount * 100))
  const up = (dividend: bigint, divisor: bigint) => (dividend + divisor - 1n) / divisor

  it.each([
    [PHONE, 'audio', 61_999],
    [PHONE, 'video', 7000],
    [LONDON, 'audio', 999],
    [LONDON, 'audio', 20_000],
    [LONDON, 'audio', 61_000],
  ])('to %s by %s for %i ms yields its charge to the kobo', async (phone, type, ms) => {
    const user = await userWithCredit(500, sendWith(TARIFF))
    const { uuid } = (await dial(user, { body: { recipient_phone: phone, type } })).body
    await user.send('PATCH', `/calls/${uuid}/answer`)
    pass(ms)
    const { body: call } = await user.send('PATCH', `/calls/${uuid}/end`)
    const { rate, charge } = call
    const seconds = BigInt(Date.parse(call.ended_at) - Date.parse(call.started_at)) / 1000n
    const increment = BigInt(rate.increment_seconds)
    const minimum = BigInt(rate.minimum_seconds)
    const steps = seconds > minimum ? up(seconds - minimum, increment) : 0n
    const billed = minimum + steps * increment
    expect(rate.steps).toBe('after_minimum')
    const units = up(billed * BigInt(rate.kobo_per_minute), 60n * BigInt(rate.unit_kobo))
    const cost = units * BigInt(rate.unit_kobo) + BigInt(rate.setup_kobo)
    expect(naira(call.cost)).toBe(cost)
    expect(charge).toMatchObject({
      seconds: Number(seconds),
      billed_seconds: Number(billed),
      units: Number(units),
      amount: call.cost,
    })
    expect(charge.formula).toMatch(new RegExp(`= ${Number(cost) / 100}\\.?0* NGN$`))
    expect((await walletOf(user)).balance).toBe(500 - call.cost)
  })

  it('charges one naira for an answered call of less than a second', async () => {
    const user = await userWithCredit(50)
    const { uuid } = (await dial(user)).body
    await user.send('PATCH', `/calls/${uuid}/answer`)
    pass(999)
    const { body } = await user.send('PATCH', `/calls/${uuid}/end`)
    expect(body).toMatchObject({ cost: 1, duration_seconds: 0, charge: { billed_seconds: 1 } })
  })

  it('keeps its rate when the tariff changes', async () => {
    const user = await userWithCredit(100, sendWith(TARIFF))
    const { uuid } = (await dial(user)).body
    const dearer = sendWith({
      ...TARIFF,
      version: 8,
      rates: [{ ...TARIFF.rates[0], kobo_per_minute: 9000 }],
    })
    const as = { token: user.token }
    await dearer('PATCH', `/calls/${uuid}/answer`, as)
    pass(60_000)
    const ended = await dearer('PATCH', `/calls/${uuid}/end`, as)
    expect(ended.body).toMatchObject({ cost: 10, rate: { id: 'retail/nigeria', version: 7 } })
  })
})
