/** The agent's log: one JSON object per line, without usernames, passwords and tokens. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number>>) => void

export const logLine: Log = (event, fields) => console.log(JSON.stringify({ event, ...fields }))
