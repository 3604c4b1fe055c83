/** `npm start`: prepares, then serves with `wrangler dev`, which gets every flag that was given, at `PORT` if that is set. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare } from './prepare.ts'

const { PORT } = process.env
/** The last of a flag counts. */
const flags = [...(PORT ? ['--port', PORT] : []), ...process.argv.slice(2)]
const { values } = parseArgs({
  args: flags,
  strict: false,
  options: {
    'persist-to': { type: 'string' },
    port: { type: 'string', default: '8787' },
  },
})
const persistTo = values['persist-to']

prepare(typeof persistTo === 'string' ? ['--persist-to', persistTo] : [])

console.log(`The console, for development: http://localhost:${String(values.port)}/console`)

const wrangler = join(import.meta.dirname, '../../node_modules/wrangler/bin/wrangler.js')
/** Offline: nothing is asked of the network that is not needed to serve. */
const env = { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' }
const served = spawn(process.execPath, [wrangler, 'dev', ...flags], { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => served.kill(signal))
served.on('exit', (code) => process.exit(code ?? 1))
