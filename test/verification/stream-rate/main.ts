/**
 * Measures at how many events a second one stream is full: the production bundle on the local runtime, and beside it in
 * the same runtime an object that commits single rows, which is the floor. Slowness fails nothing.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler'
import { CATALOGUE } from '../../../src/events/core/catalogue'
import { buildBundle } from '../bench/hosts'
import { median } from '../bench/statistics'
import { hostStream } from '../../support/streams'

const ROOT = join(import.meta.dirname, '../../..')
const MEMORY = '/dev/shm'
const BATCHES = [1, 10, 100] as const
const SIZED = 20_000

export interface StreamRateOptions {
  readonly senders: number
  readonly seconds: number
  readonly rounds: number
  readonly memory?: true
}

const SAMPLE = {
  type: 'call.ended',
  version: 1,
  atMs: Date.UTC(2026, 2, 14),
  data: CATALOGUE['call.ended'].sample,
}

const FIRST_ID = 'evt_00000000000000000000000000000000'

/** Bytes that an event needs in the object, with the index of IDs. */
async function bytesAnEvent(): Promise<number> {
  const { host, wake } = hostStream()
  const stream = await wake()
  const idOf = () => `evt_${crypto.randomUUID().replaceAll('-', '')}`
  stream.append(Array.from({ length: SIZED }, () => ({ ...SAMPLE, id: idOf() })))
  const [size] = host.rows(
    'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
  )
  host.close()
  return Number(size?.['bytes']) / SIZED
}

async function startDriver(bundle: string, storage: string) {
  const { workerOptions } = optionsOf(join(ROOT, 'wrangler.toml'))
  const { compatibilityDate, compatibilityFlags } = workerOptions
  const source = readFileSync(join(import.meta.dirname, 'driver-worker.ts'), 'utf8')
  const moduleOf = (contents: string) => [{ type: 'ESModule' as const, path: 'index.js', contents }]
  const driver: typeof workerOptions = {
    compatibilityDate,
    compatibilityFlags,
    bindings: { EVENT: JSON.stringify({ ...SAMPLE, id: FIRST_ID }) },
    durableObjects: {
      FLOOR: { className: 'Floor', useSQLite: true },
      STREAM: { className: 'Stream', scriptName: 'service', useSQLite: true },
    },
  }
  const service = moduleOf(readFileSync(join(bundle, 'index.js'), 'utf8'))
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    workers: [
      { ...driver, name: 'driver', modules: moduleOf(stripTypeScriptTypes(source)) },
      { ...workerOptions, name: 'service', modules: service },
    ],
  })
  const runtime = new Miniflare({ ...options, resourcePersistencePath: storage })
  return { runtime, url: await runtime.ready }
}

interface Loaded {
  readonly committed: number
  readonly ms: number
}

const figure = (value: number, digits = 0) => value.toFixed(digits).padStart(9)

export async function main(options: StreamRateOptions): Promise<number> {
  const { senders, seconds, rounds } = options
  const folder = options.memory && existsSync(MEMORY) ? MEMORY : tmpdir()
  const storage = mkdtempSync(join(folder, 'aileana-stream-rate-'))
  const bundle = buildBundle()
  const { runtime, url } = await startDriver(bundle, storage)
  try {
    const perSecond = async (batch: number): Promise<number> => {
      const query = `?batch=${batch}&senders=${senders}&ms=${seconds * 1000}`
      const loaded = (await (await fetch(new URL(query, url))).json()) as Loaded
      return (loaded.committed / loaded.ms) * 1000
    }
    const rates = new Map<number, number[]>([0, ...BATCHES].map((batch) => [batch, []]))
    for (let round = 0; round < rounds; round++)
      for (const [batch, measured] of rates) measured.push(await perSecond(batch))
    const floors = rates.get(0) ?? []
    console.log(`${senders} senders, ${rounds} rounds of ${seconds} s; medians`)
    console.log(`object write, the floor     ${figure(median(floors))} rows/s`)
    for (const batch of BATCHES) {
      const measured = rates.get(batch) ?? []
      const ofFloor = median(measured.map((rate, round) => rate / (floors[round] ?? Number.NaN)))
      const name = `append, ${batch} an RPC`.padEnd(27)
      console.log(`${name} ${figure(median(measured))} events/s, ${ofFloor.toFixed(2)} of floor`)
    }
    console.log(`size of an event            ${figure(await bytesAnEvent())} bytes`)
    return 0
  } finally {
    await runtime.dispose()
    for (const path of [storage, bundle]) rmSync(path, { recursive: true, force: true })
  }
}
