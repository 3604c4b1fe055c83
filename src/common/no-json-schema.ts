/** Replaces zod's reader of JSON Schema, which the service never uses, by an alias in wrangler.toml. */
export function fromJSONSchema(): never {
  throw new Error('zod.fromJSONSchema is not part of this bundle')
}
