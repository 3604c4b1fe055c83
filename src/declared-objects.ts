/**
 * Empty Durable Object classes, deployed before their code, because no rollback can cross a release that
 * adds a class. They have no binding, so nothing can call them.
 */
import { DurableObject } from 'cloudflare:workers'

export class Tariffs extends DurableObject {}
export class Stream extends DurableObject {}
