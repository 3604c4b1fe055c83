/**
 * The floor: the least that a Worker must do for each kind of request. It receives the same requests with the same
 * tokens as the service, and opens as many objects.
 */
import { DurableObject } from 'cloudflare:workers'

interface FloorEnv {
  readonly FLOOR: DurableObjectNamespace<Floor>
  readonly DB: D1Database
  readonly KEY: string
}

export class Floor extends DurableObject<FloorEnv> {
  constructor(ctx: DurableObjectState, env: FloorEnv) {
    super(ctx, env)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS writes (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL)',
    )
  }

  read(): unknown {
    return this.ctx.storage.sql.exec('SELECT MAX(seq) AS seq FROM writes').one()['seq']
  }

  /** Commits one row before the response. */
  write(): unknown {
    const sql = 'INSERT INTO writes (at_ms) VALUES (?) RETURNING seq'
    return this.ctx.storage.sql.exec(sql, Date.now()).one()['seq']
  }
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))

let imported: Promise<CryptoKey> | undefined

async function holds(request: Request, { KEY }: FloorEnv): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  imported ??= crypto.subtle.importKey('raw', bytesOf(KEY), algorithm, false, ['verify'])
  const token = (request.headers.get('Authorization') ?? '').slice('Bearer '.length)
  const [header = '', body = '', signature = ''] = token.split('.')
  const signed = new TextEncoder().encode(`${header}.${body}`)
  if (!(await crypto.subtle.verify(algorithm, await imported, bytesOf(signature), signed)))
    return false
  const { exp } = JSON.parse(new TextDecoder().decode(bytesOf(body))) as { exp: number }
  return exp * 1000 > Date.now()
}

async function did(request: Request, env: FloorEnv): Promise<unknown> {
  const [, verb, name = ''] = new URL(request.url).pathname.split('/')
  switch (verb) {
    case 'empty':
      return null
    case 'token':
      return holds(request, env)
    case 'read':
      return env.FLOOR.getByName(name).read()
    case 'write':
      return env.FLOOR.getByName(name).write()
    case 'd1':
      return env.DB.prepare('SELECT seq FROM rows WHERE seq = ?').bind(1).first('seq')
    default:
      throw new Error('there is no such floor')
  }
}

export default {
  fetch: async (request, env) => Response.json({ did: await did(request, env) }),
} satisfies ExportedHandler<FloorEnv>
