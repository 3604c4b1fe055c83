/**
 * Lets Node load the service's TypeScript: imports without extensions, JSON without an attribute, and a
 * replacement of `cloudflare:workers`.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const STAND_IN = new URL('./cloudflare-workers.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'cloudflare:workers') return { url: STAND_IN, shortCircuit: true }
    const isBare = !/^\.{1,2}\//.test(specifier) || !context.parentURL
    if (isBare) return next(specifier, context)
    const url = new URL(`${specifier}.ts`, context.parentURL)
    return existsSync(fileURLToPath(url.href)) ? next(url.href, context) : next(specifier, context)
  },
  load(url, context, next) {
    const isJson = url.endsWith('.json')
    return next(url, isJson ? { ...context, importAttributes: { type: 'json' } } : context)
  },
})
