/**
 * Checks that a log-in's time does not reveal whether an account exists. It logs in with and without accounts in
 * turn, and compares the medians. Noise can change one round's ratio, a real difference changes all of them: it
 * fails only if none of three rounds is within a tenth.
 */
import { randomUUID } from 'node:crypto'
import { request } from '../../../scripts/aileana/request.ts'

const ROUNDS = 3
const SAMPLES = 60
/** Fewer than the free guesses, so that none waits. */
const GUESSES_AN_ACCOUNT = 4
const WITHIN = 0.1

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

const freshEmail = () => `timing-${randomUUID()}@example.com`

async function newAccount(origin: string): Promise<string> {
  const email = freshEmail()
  await post(origin, '/users/register', { email, password: randomUUID() }, 201)
  return email
}

async function timeOf(origin: string, email: string): Promise<number> {
  const startedAtMs = performance.now()
  await post(origin, '/auth/login', { email, password: 'a wrong guess' }, 401)
  return performance.now() - startedAtMs
}

const median = (timesMs: readonly number[]): number => {
  const sorted = timesMs.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** @returns ratio of the medians with and without an account */
async function round(origin: string): Promise<number> {
  const knownMs: number[] = []
  const unknownMs: number[] = []
  let email = ''
  for (let sample = 0; sample < SAMPLES; sample++) {
    if (sample % GUESSES_AN_ACCOUNT === 0) email = await newAccount(origin)
    const known = async () => knownMs.push(await timeOf(origin, email))
    const unknown = async () => unknownMs.push(await timeOf(origin, freshEmail()))
    for (const ask of sample % 2 ? [known, unknown] : [unknown, known]) await ask()
  }
  const [known, unknown] = [median(knownMs), median(unknownMs)]
  const ratio = known / unknown
  console.log(
    `an account ${known.toFixed(1)} ms, none ${unknown.toFixed(1)} ms, ratio ${ratio.toFixed(3)}`,
  )
  return ratio
}

export async function main(origin: string): Promise<number> {
  for (let rounds = 0; rounds < ROUNDS; rounds++)
    if (Math.abs((await round(origin)) - 1) <= WITHIN) return 0
  console.error('A log-in takes another time for an account than for none.')
  return 1
}
