/** Receives webhooks: `WEBHOOK_SECRETS=whsec_… node receive-webhooks.ts 8080`. During a rotation, give both secrets. */
import { createServer, type IncomingMessage } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { verifyWebhook, type WebhookEvent, WebhookError } from '@aileana/client/webhooks'

const secrets = (process.env['WEBHOOK_SECRETS'] ?? '').split(' ').filter(Boolean)
const database = new DatabaseSync(process.env['WEBHOOK_DATABASE'] ?? 'webhooks.db')
database.exec('CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY)')

/** Deliveries repeat: the ID is stored in the transaction of what the event causes. */
function processOnce(event: WebhookEvent): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    const { changes } = database
      .prepare('INSERT INTO events (id) VALUES (?) ON CONFLICT DO NOTHING')
      .run(event.id)
    if (Number(changes) === 1) handle(event)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** Ignore types and versions that you do not know: the service adds them. */
function handle(event: WebhookEvent): void {
  if (event.version !== 1) return
  if (event.type === 'payment.completed')
    console.log(`${event.sequence}: ${event.data.payment_reference}, ${event.data.amount_paid} NGN`)
  else console.log(`${event.sequence}: ${event.type}`)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const server = createServer(async (request, response) => {
  try {
    const body = await readBody(request)
    processOnce(verifyWebhook({ body, headers: request.headers, secrets }))
    response.writeHead(204).end()
  } catch (error) {
    if (!(error instanceof WebhookError)) console.error(error)
    // After 500, the service sends the event again.
    response.writeHead(error instanceof WebhookError ? 400 : 500).end()
  }
})
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1')
