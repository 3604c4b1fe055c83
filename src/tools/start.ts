/** `npm start`: prepares, then serves with `wrangler dev`, which gets every flag that was given. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare } from './prepare.ts'

const flags = process.argv.slice(2)
const { values } = parseArgs({
  args: flags,
  strict: false,
  options: { 'persist-to': { type: 'string' } },
})
const persistTo = values['persist-to']

prepare(typeof persistTo === 'string' ? ['--persist-to', persistTo] : [])

const wrangler = join(import.meta.dirname, '../../node_modules/wrangler/bin/wrangler.js')
const served = spawn(process.execPath, [wrangler, 'dev', ...flags], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => served.kill(signal))
served.on('exit', (code) => process.exit(code ?? 1))
