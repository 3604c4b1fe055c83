declare module '*?raw' {
  const text: string
  export default text
}

/** The module at its own cost: `cheap-passwords.ts` changes the one without the query. */
declare module '*/users/password?production' {
  export function hashPassword(password: string): string
  export function verifyPassword(password: string, hash: string): boolean
}
