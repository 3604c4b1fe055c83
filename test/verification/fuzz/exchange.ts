/** Sends a plan with its placeholders filled in, and records request and response for the checks. */
import { type Answer, asker, type RequestOptions, type TestUser } from '../../support/client'
import type { Operation } from '../../support/documented'
import { isWish, type Plan } from './plan'
import { shownState } from './streams'
import { actorFor, afterwards, type Asked, type FuzzWorld, grant } from './world'

export interface Exchange {
  readonly operation: Operation
  readonly plan: Plan
  readonly request: RequestOptions & {
    readonly method: string
    readonly path: string
    readonly body?: string | undefined
  }
  readonly answer: Answer
  readonly beside?: Beside | undefined
}

/** State around a request. */
interface Beside {
  readonly before: Record<string, string>
  readonly after: Record<string, string>
  readonly head: Answer | undefined
}

type Granted = (value: unknown, asked?: Partial<Asked>) => Promise<unknown>

const isRaw = (value: unknown): value is { raw: string } =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'raw')

const encode = (value: unknown): string =>
  isRaw(value) ? value.raw : encodeURIComponent(String(value).toWellFormed())

async function pathOf(operation: Operation, plan: Plan, granted: Granted): Promise<string> {
  let path = operation.path
  for (const [name, value] of Object.entries(plan.path))
    path = path.replace(`{${name}}`, encode(await granted(value)).replaceAll('$', '$$$$'))
  return path
}

async function queryOf(plan: Plan, path: string, granted: Granted): Promise<string> {
  const pairs: string[] = []
  for (const [name, value] of plan.query)
    pairs.push(`${encode(name)}=${encode(await granted(value, { path }))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

async function textOf(plan: Plan, granted: Granted): Promise<string | undefined> {
  if (plan.beyondBytes !== undefined) return `"${'x'.repeat(plan.beyondBytes - 1)}"`
  if (plan.text !== undefined || plan.json === undefined) return plan.text
  if (typeof plan.json !== 'object' || plan.json === null) return JSON.stringify(plan.json)
  /** Without a prototype, `__proto__` is an ordinary name. */
  const json: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(plan.json)) json[name] = await granted(value)
  return JSON.stringify(json)
}

function authOf(world: FuzzWorld, actor: TestUser, { auth }: Plan): Record<string, string> {
  if (auth === 'none') return {}
  if (typeof auth === 'object') return { Authorization: auth.header }
  const tokens = { own: actor.token, refresh_token: actor.refreshToken, ended: world.endedToken }
  return { Authorization: `Bearer ${tokens[auth]}` }
}

/** Removes characters that a header cannot contain: line ends and lone surrogates. */
const headerOf = (value: unknown): string =>
  String(value)
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- what is left out
    .replaceAll(/[\u0000\n\r]/g, '')

async function headersOf(plan: Plan, text: string, granted: Granted) {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(plan.headers))
    headers[name] = headerOf(await granted(value, { text }))
  return headers
}

/** Fills in a plan's placeholders. */
export async function requestOf(
  world: FuzzWorld,
  actor: TestUser,
  operation: Operation,
  plan: Plan,
): Promise<Exchange['request']> {
  const granted: Granted = async (value, { path = '', text = '' } = {}) =>
    isWish(value) ? grant(world, actor, value.wish, { path, text }) : value
  const text = await textOf(plan, granted)
  const path = await pathOf(operation, plan, granted)
  const query = await queryOf(plan, path, granted)
  const headers = {
    ...(text === undefined ? {} : { 'Content-Type': plan.contentType }),
    ...(await headersOf(plan, text ?? '', granted)),
    ...authOf(world, actor, plan),
  }
  return { method: operation.method, path: `${path}${query}`, headers, body: text }
}

export async function ask(world: FuzzWorld, request: Exchange['request']): Promise<Answer> {
  const { method, path, ...options } = request
  return asker(async (sent) => {
    const response = await world.fetch(sent)
    response.webSocket?.accept()
    response.webSocket?.close()
    return response
  })(method, path, options)
}

const STATE = ['/users/me', '/wallets', '/calls', '/payments', '/auth/sessions']

async function stateOf(world: FuzzWorld): Promise<Record<string, string>> {
  const { token } = world.owner
  const answers = await Promise.all(STATE.map((path) => ask(world, { method: 'GET', path, token })))
  const state = Object.fromEntries(answers.map(({ text }, index) => [STATE[index], text]))
  return { ...state, ...(await shownState(world.streamer)) }
}

/** @param looks whether to read the state before and after, and to send HEAD */
export async function exchange(
  world: FuzzWorld,
  operation: Operation,
  plan: Plan,
  looks: boolean,
): Promise<Exchange> {
  const actor = await actorFor(world, operation)
  const request = await requestOf(world, actor, operation, plan)
  const before = looks ? await stateOf(world) : {}
  const answer = await ask(world, request)
  const after = looks ? await stateOf(world) : {}
  const hasHead = looks && operation.method === 'GET' && answer.status !== 101
  const head = hasHead ? await ask(world, { ...request, method: 'HEAD' }) : undefined
  await afterwards(world, operation, answer)
  return { operation, plan, request, answer, ...(looks ? { beside: { before, after, head } } : {}) }
}

const cut = (text: string): string =>
  text.length > 1000 ? `${text.slice(0, 1000)}… (${text.length} characters)` : text

/** Everything that is needed to send the request again. */
export const show = ({ plan, request, answer }: Exchange): string =>
  [
    `${request.method} ${cut(request.path)}`,
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${cut(value)}`),
    '',
    ...(request.body === undefined ? [] : [cut(request.body)]),
    `flaw: ${plan.flaw?.what ?? 'none'}`,
    `answer: ${answer.status} ${cut(answer.text)}`,
  ].join('\n')
