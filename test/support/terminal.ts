/**
 * Runs commands as a reader would: in one shell, in order, in one folder. The first failed command or request ends
 * the script. `npm start` runs in the background, as in a second terminal, and the next command waits until the
 * service responds.
 */
import { spawn } from 'node:child_process'

export interface Session {
  readonly status: number | null
  readonly output: string
  /** Commands with their seconds, in the order in which they ended. */
  readonly times: readonly string[]
}

/** Traces commands with their times, and names a failed one. */
const PRELUDE = `set -eE -o pipefail
curl() { command curl --fail-with-body --max-time 60 "$@"; }
began=$EPOCHREALTIME; typed=
lap() {
  [ -n "$typed" ] && awk -v a="$began" -v b="$EPOCHREALTIME" -v c="$typed" 'BEGIN { printf "\\n@@ %6.1f s  %s\\n", b - a, c }' >&2
  began=$EPOCHREALTIME; typed="\${1%%$'\\n'*}"
}
answers() {
  until command curl -s -o /dev/null "$1" || ! kill -0 "$!"; do sleep 0.2; done
  command curl -sS -o /dev/null "$1"
}
trap 'printf "\\n@@ failed: %s\\n" "$BASH_COMMAND" >&2' ERR
trap : EXIT
trap 'lap "$BASH_COMMAND"' DEBUG
`

/** @param url where `npm start` responds */
export const scriptOf = (blocks: readonly string[], url: string): string => {
  const started = blocks
    .join('\n')
    .replaceAll(
      /^(npm start(?: .*)?)$/gm,
      (command) => `${command} > service.log 2>&1 &\nanswers ${url}`,
    )
  return `${PRELUDE}${started}`
}

/** Runs a script to its end, and stops its background processes. */
export async function typed(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Session> {
  const shell = spawn('bash', ['-c', script], { cwd, env, detached: true })
  let output = ''
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk) => (output += String(chunk)))
  const status = await new Promise<number | null>((resolve) => shell.on('exit', resolve))
  if (shell.pid)
    try {
      process.kill(-shell.pid, 'SIGKILL')
    } catch {
      /* nothing is left */
    }
  const times = [...output.matchAll(/^@@ +(\d.*)$/gm)].map(([, line = '']) => line)
  return { status, output, times }
}
