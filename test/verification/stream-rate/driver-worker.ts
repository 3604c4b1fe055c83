/** Appends to one stream as fast as it accepts events, or commits single rows in one object, which is the floor. */
import { DurableObject } from 'cloudflare:workers'

interface Stream extends Rpc.DurableObjectBranded {
  append(events: readonly object[]): void
}

interface DriverEnv {
  readonly FLOOR: DurableObjectNamespace<Floor>
  readonly STREAM: DurableObjectNamespace<Stream>
  /** Sample event, in JSON. */
  readonly EVENT: string
}

export class Floor extends DurableObject<DriverEnv> {
  constructor(ctx: DurableObjectState, env: DriverEnv) {
    super(ctx, env)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS writes (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL)',
    )
  }

  /** Commits one row before the response. */
  write(): void {
    this.ctx.storage.sql.exec('INSERT INTO writes (at_ms) VALUES (?)', Date.now())
  }
}

const newId = () => `evt_${crypto.randomUUID().replaceAll('-', '')}`

/** @returns how many events or rows were committed, and in which time */
async function load(env: DriverEnv, { searchParams }: URL) {
  const figure = (name: string) => Number(searchParams.get(name))
  const [batch, senders, ms] = [figure('batch'), figure('senders'), figure('ms')]
  const event = JSON.parse(env.EVENT) as object
  const stream = env.STREAM.getByName(`user/${crypto.randomUUID()}`)
  const floor = env.FLOOR.getByName(crypto.randomUUID())
  const send = () =>
    batch === 0
      ? floor.write()
      : stream.append(Array.from({ length: batch }, () => ({ ...event, id: newId() })))
  await send()
  const startMs = Date.now()
  let requests = 0
  const sendInTurn = async () => {
    while (Date.now() < startMs + ms) {
      await send()
      requests += 1
    }
  }
  await Promise.all(Array.from({ length: senders }, sendInTurn))
  return { committed: requests * Math.max(1, batch), ms: Date.now() - startMs }
}

export default {
  fetch: async (request, env) => Response.json(await load(env, new URL(request.url))),
} satisfies ExportedHandler<DriverEnv>
