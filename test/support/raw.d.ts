declare module '*?raw' {
  const text: string
  export default text
}

/** The module with its production cost. `cheap-passwords.ts` changes the import without the query. */
declare module '*/users/password?production' {
  export function hashPassword(password: string): string
  export function verifyPassword(password: string, hash: string): boolean
}
