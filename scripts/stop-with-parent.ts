/**
 * Loaded into wrangler by `npm start`: the channel to the parent closes when the parent ends, even by
 * SIGKILL, and then the runtime under wrangler has to be stopped as well.
 */
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
