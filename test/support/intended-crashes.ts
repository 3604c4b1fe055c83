/**
 * Keeps the crashes that tests provoke out of the output. The runtime prints each uncaught exception
 * of an object; only those with a listed message are dropped, and their number is printed at the end.
 */
const INTENDED = [
  /jsg\.Error: crash\b/,
  /Error: crash\b/,
  /Error: the storage is broken: SQLITE_CONSTRAINT/,
  /A WebSocket 'attachment' cannot be larger than/,
  /disconnected: other end of WebSocketPipe was destroyed/,
]

const isIntended = (text: string): boolean =>
  /^(uncaught exception|exception =|\*\*\* Received)/.test(text) &&
  INTENDED.some((message) => message.test(text))

/** The runtime's messages arrive whole, each in one write. @returns the teardown */
export function setup(): () => void {
  const { stderr } = process
  const write = stderr.write.bind(stderr) as (...args: unknown[]) => boolean
  let dropped = 0
  stderr.write = (...args: unknown[]): boolean => {
    if (!isIntended(String(args[0]))) return write(...args)
    dropped += 1
    return true
  }
  return () => {
    stderr.write = write
    if (dropped > 0) console.log(`${dropped} intended crashes of objects were not printed`)
  }
}
