/**
 * The least that a Worker must do for each kind of request: the floor that the service is held
 * against. It is sent the same requests, with the same tokens, and opens as many objects.
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

  /** One row, which is committed before the answer leaves. */
  write(): unknown {
    const sql = 'INSERT INTO writes (at_ms) VALUES (?) RETURNING seq'
    return this.ctx.storage.sql.exec(sql, Date.now()).one()['seq']
  }
}

const textBytes = new TextEncoder()
let imported: Promise<CryptoKey> | undefined

async function holds(request: Request, { KEY }: FloorEnv): Promise<boolean> {
  imported ??= crypto.subtle.importKey(
    'raw',
    Uint8Array.fromBase64(KEY),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const token = (request.headers.get('Authorization') ?? '').slice('Bearer '.length)
  const end = token.lastIndexOf('.')
  const signature = Uint8Array.fromBase64(token.slice(end + 1), { alphabet: 'base64url' })
  const signed = textBytes.encode(token.slice(0, end))
  if (!(await crypto.subtle.verify('HMAC', await imported, signature, signed))) return false
  const body = Uint8Array.fromBase64(token.slice(token.indexOf('.') + 1, end), {
    alphabet: 'base64url',
  })
  const { exp } = JSON.parse(new TextDecoder().decode(body)) as { exp: number }
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
