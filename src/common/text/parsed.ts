/** The result of a text parser: the value, or a message that says what the text must be. Pure. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })

export const unparsed = (message: string): { ok: false; message: string } => ({
  ok: false,
  message,
})
