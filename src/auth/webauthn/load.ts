/** Loads the WebAuthn library on first use. */

/** Wrangler uploads `library.mjs` as a separate module, because the path is relative to `base_dir` of wrangler.toml. */
export const loadWebAuthn = () => import('./library.mjs')

export type LoadWebAuthn = typeof loadWebAuthn
