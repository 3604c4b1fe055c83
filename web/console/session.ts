/** State that this tab keeps until it is closed: the signed-in user, and what a checkout interrupts. */
import type { components } from '../../client/client'
import { type Answer, createApi } from '../shared/api'
import { getPasskey } from './passkey'

export interface Session {
  readonly accessToken: string
  readonly email: string
  readonly name: string
  /** Password of a demo user, so that a person can sign in as that user again. */
  readonly password: string | undefined
}

const SESSION = 'aileana.session'
const PAYING = 'aileana.paying'

export function readSession(): Session | undefined {
  const kept = sessionStorage.getItem(SESSION)
  return kept === null ? undefined : (JSON.parse(kept) as Session)
}

export function keepSession(session: Session | undefined): void {
  if (session) sessionStorage.setItem(SESSION, JSON.stringify(session))
  else sessionStorage.clear()
}

/** Payment whose checkout was opened last. */
export const readPaying = (): string | null => sessionStorage.getItem(PAYING)

export function keepPaying(paymentUuid: string | null): void {
  if (paymentUuid === null) sessionStorage.removeItem(PAYING)
  else sessionStorage.setItem(PAYING, paymentUuid)
}

/** Values that a return from the checkout restores. */
export type Kept = 'amount' | 'way' | 'ended-call' | 'muted'
const keyOf = (name: Kept) => `aileana.${name}`

export const readKept = (name: Kept): string | null => sessionStorage.getItem(keyOf(name))

export function keep(name: Kept, value: string | null): void {
  if (value === null) sessionStorage.removeItem(keyOf(name))
  else sessionStorage.setItem(keyOf(name), value)
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

export async function signIn(credentials: Credentials, isDemo = false): Promise<Answer<Session>> {
  const answer = await createApi().call((client) =>
    client.POST('/auth/login', { body: credentials }),
  )
  const password = isDemo ? credentials.password : undefined
  return answer.ok ? { ...answer, value: sessionOf(answer.value, password) } : answer
}

function sessionOf(
  { access_token: accessToken, user }: components['schemas']['LogInResult'],
  password?: string,
): Session {
  return { accessToken, email: user.email, name: user.first_name ?? user.email, password }
}

/** Signs in with a passkey of this browser, which names the account. */
export async function signInByPasskey(): Promise<Answer<Session>> {
  const api = createApi()
  const options = await api.call((client) => client.POST('/auth/passkey/options'))
  if (!options.ok) return options
  const used = await getPasskey(options.value)
  if (!used.ok) return used
  const body = { passkey: used.value }
  const answer = await api.call((client) => client.POST('/auth/passkey', { body }))
  return answer.ok ? { ...answer, value: sessionOf(answer.value) } : answer
}

/** Registers a user and signs in. */
export async function signUp(credentials: Credentials, name: string): Promise<Answer<Session>> {
  const body = { ...credentials, ...(name && { first_name: name }) }
  const registered = await createApi().call((client) => client.POST('/users/register', { body }))
  return registered.ok ? signIn(credentials) : registered
}

const NAMES = ['Ada', 'Bola', 'Chidi', 'Dayo', 'Efe', 'Funmi', 'Ngozi', 'Tunde', 'Yemi', 'Zainab']

/** Registers a new demo user and signs in. */
export async function becomeDemoUser(): Promise<Answer<Session>> {
  const [pick = 0] = crypto.getRandomValues(new Uint32Array(1))
  const name = NAMES[pick % NAMES.length] ?? 'Ada'
  const serial = crypto.randomUUID().slice(0, 8)
  const credentials = {
    email: `${name.toLowerCase()}.${serial}@example.com`,
    password: crypto.randomUUID(),
  }
  const body = { ...credentials, first_name: name }
  const registered = await createApi().call((client) => client.POST('/users/register', { body }))
  return registered.ok ? signIn(credentials, true) : registered
}
