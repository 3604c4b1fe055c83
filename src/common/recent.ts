/** Keeps the answers to the latest questions, so many at most; the one not asked for longest goes first. */
export class Recent<Value> {
  readonly #size: number
  readonly #values = new Map<string, Value>()

  constructor(size: number) {
    this.#size = size
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) this.#keepLatest(key, value)
    return value
  }

  set(key: string, value: Value): Value {
    this.#keepLatest(key, value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > this.#size && oldest !== undefined) this.#values.delete(oldest)
    return value
  }

  /** A Map keeps the order of insertion. */
  #keepLatest(key: string, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
  }
}
