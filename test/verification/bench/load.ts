/** Load by autocannon: turns of one or more consecutive requests on a connection. */
import autocannon from 'autocannon'
import { type Sample, sampleOf } from './statistics'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly authorization: string
  readonly body?: string
}

/** One request of a turn. */
export interface Step<Turn> {
  /** `undefined` ends the turn early. */
  readonly ask: (turn: Turn) => Ask | undefined
  /** Processes a response. @returns what is wrong with it, if anything */
  readonly answered: (turn: Turn, status: number, body: string) => string | undefined
}

export interface Load<Turn> {
  readonly url: string
  readonly connections: number
  readonly turns: number
  readonly begin: () => Turn
  readonly steps: readonly [Step<Turn>, ...Step<Turn>[]]
}

export interface Fired extends Sample {
  /** Number of wrong responses, by description. */
  readonly wrong: ReadonlyMap<string, number>
  /** Latency of each whole turn in ms, and its end. */
  readonly ends: readonly { readonly atMs: number; readonly latencyMs: number }[]
}

interface Context<Turn> {
  turn?: Turn
  beganAtMs?: number
}

const NO_ANSWER_SECONDS = 30
/** Interval at which autocannon checks whether all is done. */
const LOOK_MS = 10

const requestOf = ({ method, path, authorization, body }: Ask) => ({
  method,
  path,
  headers: {
    Authorization: authorization,
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  },
  ...(body !== undefined && { body }),
})

/** Returns after every response. @throws if one is missing */
export async function fire<Turn>(load: Load<Turn>): Promise<Fired> {
  const { url, begin, steps } = load
  const connections = Math.min(load.connections, load.turns)
  const each = Math.ceil(load.turns / connections)
  const wrong = new Map<string, number>()
  const ends: { atMs: number; latencyMs: number }[] = []
  const last = steps.length - 1

  const setup = (step: Step<Turn>, index: number) => (request: object, context: Context<Turn>) => {
    if (index === 0) {
      context.turn = begin()
      context.beganAtMs = performance.now()
    }
    const ask = step.ask(context.turn as Turn)
    return ask && { ...request, ...requestOf(ask) }
  }
  const note =
    (step: Step<Turn>, index: number) => (status: number, body: string, context: Context<Turn>) => {
      const flaw = step.answered(context.turn as Turn, status, body)
      if (flaw !== undefined) wrong.set(flaw, (wrong.get(flaw) ?? 0) + 1)
      if (index < last) return
      const atMs = performance.now()
      ends.push({ atMs, latencyMs: atMs - (context.beganAtMs ?? atMs) })
    }

  const beganAtMs = performance.now()
  const result = await autocannon({
    url,
    connections,
    amount: connections * each * steps.length,
    timeout: NO_ANSWER_SECONDS,
    sampleInt: LOOK_MS,
    requests: steps.map((step, index) => ({
      setupRequest: setup(step, index) as never,
      onResponse: note(step, index) as never,
    })),
  })
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered`)
  const endedAtMs = ends.at(-1)?.atMs ?? performance.now()
  const latenciesMs = ends.map(({ latencyMs }) => latencyMs)
  return { ...sampleOf(latenciesMs, endedAtMs - beganAtMs), wrong, ends }
}
