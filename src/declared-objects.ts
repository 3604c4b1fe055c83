/**
 * Durable Object classes that are deployed before the code that fills them, because no rollback crosses a
 * release that adds a class. They have no binding, so nothing reaches them.
 */
import { DurableObject } from 'cloudflare:workers'

export class Room extends DurableObject {}
export class Numbers extends DurableObject {}
export class Tariffs extends DurableObject {}
export class Stream extends DurableObject {}
