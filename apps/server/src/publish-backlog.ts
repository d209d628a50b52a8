const MAX_MESSAGES = 1_000
const MAX_BYTES = 8 * 1024 * 1024

/**
 * How much has been handed to Redis and not been answered. A client library keeps what a paused Redis does not answer,
 * even after it has given up waiting, so the answers are counted here; they come in the order of the questions.
 */
export class PublishBacklog {
  #sentMessages = 0
  #sentBytes = 0
  #answeredMessages = 0
  #answeredBytes = 0

  /** A receipt to hand back with the answer; undefined when there is too much under way. */
  sending(byteCount: number): { messages: number; bytes: number } | undefined {
    if (
      this.#sentMessages - this.#answeredMessages >= MAX_MESSAGES ||
      this.#sentBytes - this.#answeredBytes + byteCount > MAX_BYTES
    )
      return undefined
    this.#sentMessages += 1
    this.#sentBytes += byteCount
    return { messages: this.#sentMessages, bytes: this.#sentBytes }
  }

  /** This one was answered, and so was every one before it. */
  sent({ messages, bytes }: { messages: number; bytes: number }): void {
    this.#answeredMessages = Math.max(this.#answeredMessages, messages)
    this.#answeredBytes = Math.max(this.#answeredBytes, bytes)
  }

  /** The connection is gone, and with it everything under way. */
  forget(): void {
    this.#answeredMessages = this.#sentMessages
    this.#answeredBytes = this.#sentBytes
  }
}
