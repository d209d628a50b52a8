/**
 * The same values, and `release` once when they end: finished, failed or given up, even before the first was asked for
 * (a generator's own `finally` does not run then).
 */
export function releasedAtEnd(values: unknown, release: () => void): unknown {
  if (!isAsyncIterable(values)) {
    release()
    return values
  }
  const iterator = values[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next(): Promise<IteratorResult<unknown, unknown>> {
      try {
        const result = await iterator.next()
        if (result.done === true) release()
        return result
      } catch (error) {
        release()
        throw error
      }
    },
    async return(): Promise<IteratorResult<unknown, unknown>> {
      release()
      return (await iterator.return?.()) ?? { done: true, value: undefined }
    },
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
