import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { must } from './attack.ts'
import type { Guest, Target } from './target.ts'

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Sent extends Answered {
  /** Undefined: it was not taken. */
  readonly url: string | undefined
}

/** Somebody who uploads and opens uploads, as no page would. */
export class Uploader {
  readonly #target: Target
  readonly #guest: Guest

  constructor(target: Target, guest: Guest) {
    this.#target = target
    this.#guest = guest
  }

  /** As it is answered, unless that is that it was too much at once: then it is sent again. */
  async send(documentId: string, body: Uint8Array, about: { name?: string; type?: string } = {}): Promise<Sent> {
    for (;;) {
      const sent = await this.sendOnce(documentId, body, about)
      if (sent.status !== 429) return sent
      await pause(100)
    }
  }

  async sendOnce(documentId: string, body: Uint8Array, about: { name?: string; type?: string } = {}): Promise<Sent> {
    const { name = 'file', type = 'application/octet-stream' } = about
    const answer = await this.#ask(`/api/uploads/${documentId}?name=${encodeURIComponent(name.toWellFormed())}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: Buffer.from(body),
    })
    const { url } = answer.status === 200 ? (JSON.parse(answer.body.toString()) as { url: string }) : {}
    return { ...answer, url }
  }

  /** As it is answered, unless that is that it was too much at once: then it is asked again. */
  async open(url: string, accept = 'text/html'): Promise<Answered> {
    for (;;) {
      const answer = await this.#ask(url, { headers: { accept } })
      if (answer.status !== 429) return answer
      await pause(100)
    }
  }

  /** Says how much it will send, and sends nothing. Resolves with the status (0: hung up on). */
  saysOnly(documentId: string, bytes: number): Promise<number> {
    return new Promise((resolve) => {
      const headers = { ...this.#headers, 'content-type': 'application/octet-stream', 'content-length': bytes }
      const sent = request(`${this.#target.url}/api/uploads/${documentId}`, { method: 'POST', headers })
      sent.on('error', () => resolve(0))
      sent.on('response', ({ statusCode = 0 }) => {
        resolve(statusCode)
        sent.destroy()
      })
      sent.flushHeaders()
    })
  }

  /** Writes on and on, without an end and without a word of how much it will be. Resolves with the status (0: hung up on), and how much went out. */
  endless(documentId: string): Promise<{ status: number; sentBytes: number }> {
    const piece = Buffer.alloc(64 * 1024, 1)
    return new Promise((resolve) => {
      let sentBytes = 0
      let status = 0
      const headers = { ...this.#headers, 'content-type': 'application/octet-stream' }
      const sent = request(`${this.#target.url}/api/uploads/${documentId}`, { method: 'POST', headers })
      const end = (): void => resolve({ status, sentBytes })
      sent.on('error', end).on('close', end)
      sent.on('response', (response) => {
        status = response.statusCode ?? 0
        response.resume() // and goes on writing, until it is cut off
      })
      const more = (): void => {
        let isRoom = true
        while (isRoom && !sent.destroyed) {
          isRoom = sent.write(piece)
          sentBytes += piece.byteLength
        }
        if (!sent.destroyed) sent.once('drain', more)
      }
      more()
    })
  }

  get #headers(): Record<string, string> {
    return { cookie: this.#guest.cookie, 'x-tandem': '1', 'x-forwarded-for': this.#guest.address }
  }

  async #ask(path: string, init: RequestInit): Promise<Answered> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) }
    const response = await fetch(this.#target.url + path, { ...init, headers })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    }
  }
}

/** Whatever it is: it runs nothing, loads nothing, and is taken for nothing that it does not say it is. */
export function mustBeHarmless({ status, headers }: Answered, what: string): void {
  must(status === 200, `${what} was answered ${status}`)
  must(headers['content-security-policy'] === "sandbox; default-src 'none'", `${what}: another policy`)
  must(headers['x-content-type-options'] === 'nosniff', `${what}: it may be sniffed`)
  must(/^private, max-age=\d{1,2}$/.test(headers['cache-control'] ?? ''), `${what}: ${headers['cache-control']}`)
}
