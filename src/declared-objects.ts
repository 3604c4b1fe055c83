/**
 * Empty Durable Object class, deployed before its code, because no rollback can cross a release that
 * adds a class. It has no binding, so nothing can call it.
 */
import { DurableObject } from 'cloudflare:workers'

export class Stream extends DurableObject {}
