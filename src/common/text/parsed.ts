/** Result of a text parser: the value, or a message for people. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })

export const unparsed = (message: string): { ok: false; message: string } => ({
  ok: false,
  message,
})
