/**
 * Removes intended crashes from the output. The runtime prints each uncaught exception of an object; those with a
 * listed message are dropped, and their number is printed at the end.
 */
const INTENDED = [
  /jsg\.Error: (crash|killed)\b/,
  /stack = Error: (crash|killed)\b/,
  /Error: the storage is broken: SQLITE_CONSTRAINT/,
  /stack = Error: the stream is unreachable/,
  /A WebSocket 'attachment' cannot be larger than/,
  /disconnected: other end of WebSocketPipe was destroyed/,
]

const isIntended = (text: string): boolean =>
  /^(uncaught exception|exception =|\*\*\* Received)/.test(text) &&
  INTENDED.some((message) => message.test(text))

/** Each message of the runtime arrives in one write. @returns the teardown */
export function setup(): () => void {
  let dropped = 0
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
    stream.write = (...args: unknown[]): boolean => {
      if (!isIntended(String(args[0]))) return write(...args)
      dropped += 1
      return true
    }
  }
  return () => {
    if (dropped > 0) console.log(`${dropped} intended crashes of objects were not printed`)
  }
}
