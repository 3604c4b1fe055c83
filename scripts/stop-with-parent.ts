/**
 * `npm start` loads this into wrangler. The channel to the parent closes when the parent ends, even by
 * SIGKILL; then wrangler must stop its runtime too.
 */
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
