/**
 * Checks that the time of a log-in, and of a request for a new password, does not reveal whether an account exists. It
 * sends requests for addresses with and without accounts in turn, and compares the medians. Noise can change one
 * round's ratio, a real difference changes all of them: it fails only if the ratio of every round is too far from 1.
 */
import { randomUUID } from 'node:crypto'
import { request } from '../../../scripts/aileana/request.ts'

const ROUNDS = 3

interface Probe {
  readonly name: string
  /** Pairs of one round. */
  readonly pairs: number
  /** Requests for one address: fewer than its limit, so that none waits. */
  readonly uses: number
  readonly within: number
  readonly send: (origin: string, email: string) => Promise<void>
}

async function post(origin: string, path: string, body: object, expected: number): Promise<void> {
  const response = await request(new URL(path, origin), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.text()
  if (response.status === expected) return
  throw new Error(`POST ${path} was answered ${response.status}, not ${expected}`)
}

const PROBES: readonly Probe[] = [
  {
    name: 'log-in',
    pairs: 60,
    uses: 4,
    within: 0.1,
    send: (origin, email) => post(origin, '/auth/login', { email, password: 'a wrong guess' }, 401),
  },
  {
    name: 'forgotten password',
    pairs: 500,
    uses: 4,
    within: 0.05,
    send: (origin, email) => post(origin, '/auth/forgot', { email }, 202),
  },
]

const freshEmail = () => `timing-${randomUUID()}@example.com`

async function newAccount(origin: string): Promise<string> {
  const email = freshEmail()
  await post(origin, '/users/register', { email, password: randomUUID() }, 201)
  return email
}

async function timeOf(send: Probe['send'], origin: string, email: string): Promise<number> {
  const startedAtMs = performance.now()
  await send(origin, email)
  return performance.now() - startedAtMs
}

const median = (timesMs: readonly number[]): number => {
  const sorted = timesMs.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** @returns ratio of the medians with and without an account */
async function round(origin: string, { name, pairs, uses, send }: Probe): Promise<number> {
  const addresses: (readonly [known: string, unknown: string])[] = []
  while (addresses.length * uses < pairs) addresses.push([await newAccount(origin), freshEmail()])
  const knownMs: number[] = []
  const unknownMs: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const [knownEmail = '', unknownEmail = ''] = addresses[pair % addresses.length] ?? []
    const known = async () => knownMs.push(await timeOf(send, origin, knownEmail))
    const unknown = async () => unknownMs.push(await timeOf(send, origin, unknownEmail))
    for (const measure of pair % 2 ? [known, unknown] : [unknown, known]) await measure()
  }
  const [known, unknown] = [median(knownMs), median(unknownMs)]
  const ratio = known / unknown
  console.log(
    `${name}: an account ${known.toFixed(1)} ms, none ${unknown.toFixed(1)} ms, ratio ${ratio.toFixed(3)} of ${pairs} pairs`,
  )
  return ratio
}

async function isEqual(origin: string, probe: Probe): Promise<boolean> {
  for (let rounds = 0; rounds < ROUNDS; rounds++)
    if (Math.abs((await round(origin, probe)) - 1) <= probe.within) return true
  console.error(`A ${probe.name} takes another time for an account than for none.`)
  return false
}

export async function main(origin: string): Promise<number> {
  let code = 0
  for (const probe of PROBES) if (!(await isEqual(origin, probe))) code = 1
  return code
}
