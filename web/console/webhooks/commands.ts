/** Requests about endpoints and API keys, and to the simulated receivers. */
import type { ReceiverFault } from '../../../src/dev/simulator/receiver-faults'
import type { Answer, Api } from '../../shared/api'
import type { Attempt, Endpoint } from './texts'

export interface WithSecret {
  readonly secret: string
}

export interface Key {
  readonly uuid: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly last_used_at: string | null
}

export interface NewEndpoint {
  readonly url: string
  readonly types?: readonly string[]
  readonly include_phone: boolean
}

export interface Receiver {
  readonly fault: ReceiverFault
  readonly untilMs: number | null
  readonly knowsSecret: boolean
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Send = (path: string, options: object) => Promise<{ response: Response }>

const call = <T>(api: Api, method: Method, path: string, body?: object): Promise<Answer<T>> =>
  api.call<T>((client) => (client[method] as Send)(path, body ? { body } : {}))

const pathOf = (uuid: string, action = ''): string => `/endpoints/${uuid}${action}`

export const listEndpoints = (api: Api) => call<Endpoint[]>(api, 'GET', '/endpoints')

export const createEndpoint = (api: Api, endpoint: NewEndpoint) =>
  call<Endpoint & WithSecret>(api, 'POST', '/endpoints', endpoint)

export const setStatus = (api: Api, uuid: string, status: 'enabled' | 'paused') =>
  call<Endpoint>(api, 'PATCH', pathOf(uuid), { status })

export const removeEndpoint = (api: Api, uuid: string) => call(api, 'DELETE', pathOf(uuid))

export const rotateSecret = (api: Api, uuid: string) =>
  call<WithSecret>(api, 'POST', pathOf(uuid, '/secret'))

export const sendTest = (api: Api, uuid: string, type: string) =>
  call<Attempt>(api, 'POST', pathOf(uuid, '/test'), { type })

export const listAttempts = (api: Api, uuid: string) =>
  call<Attempt[]>(api, 'GET', pathOf(uuid, '/attempts?limit=10'))

export const replayEvent = (api: Api, uuid: string, event: string) =>
  call<{ readonly events: number }>(api, 'POST', pathOf(uuid, '/replay'), { event })

export const listKeys = (api: Api) => call<Key[]>(api, 'GET', '/keys')

export const createKey = (api: Api, name: string, scopes: readonly string[]) =>
  call<Key & { readonly key: string }>(api, 'POST', '/keys', { name, scopes })

export const revokeKey = (api: Api, uuid: string) => call(api, 'DELETE', `/keys/${uuid}`)

export const readReceiver = (api: Api, name: string) =>
  api.simulate<Receiver>('GET', `/receiver/${name}`)

/** The simulated receiver verifies deliveries once it knows the secret. */
export const setReceiver = (
  api: Api,
  name: string,
  setting: { readonly fault?: ReceiverFault; readonly secret?: string },
) => api.simulate<Receiver>('PUT', `/receiver/${name}/settings`, setting)
