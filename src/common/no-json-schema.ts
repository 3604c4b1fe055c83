/** Stands in for zod's reader of JSON Schema, by an alias in wrangler.toml: the service reads none. */
export function fromJSONSchema(): never {
  throw new Error('zod.fromJSONSchema is not part of this bundle')
}
