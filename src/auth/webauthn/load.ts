/** Loads the WebAuthn library on first use. */

/** Wrangler uploads `library.mjs` as a module of its own, because its path begins at `base_dir` of wrangler.toml. */
export const loadWebAuthn = () => import('./library.mjs')

export type LoadWebAuthn = typeof loadWebAuthn
