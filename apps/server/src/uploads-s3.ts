import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import { UploadError } from './uploads-error.ts'
import { isUploadId, type UploadStorage } from './uploads-storage.ts'

export interface S3Settings {
  /** Scheme, host and port; the bucket is put into the path, which every compatible storage understands. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The storage says nothing for so long: it counts as gone. */
const SILENCE_MS = 20_000
const PREFIX = 'uploads/'

/** Uploads in a bucket that speaks S3. Bytes are streamed through this node, never held. */
export class S3Uploads implements UploadStorage {
  readonly #settings: S3Settings
  readonly #client: AwsClient

  constructor(settings: S3Settings) {
    this.#settings = settings
    const { accessKeyId, secretAccessKey, region } = settings
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 })
  }

  async put(id: string, path: string): Promise<void> {
    const { size } = await stat(path)
    await this.#ask('PUT', id, { from: path, headers: { 'content-length': `${size}` } })
  }

  async open(id: string): Promise<Readable | undefined> {
    const answer = await this.#send('GET', id)
    if (answer.statusCode === 200) return answer
    answer.resume()
    if (answer.statusCode === 404) return undefined
    throw this.#refused('GET', answer)
  }

  async copy(from: string, to: string): Promise<boolean> {
    const headers = {
      'x-amz-copy-source': encodeURI(`/${this.#settings.bucket}/${keyOf(from)}`),
      'content-length': '0',
    }
    return (await this.#ask('PUT', to, { headers, mayMiss: true })) !== 404
  }

  async remove(id: string): Promise<void> {
    await this.#ask('DELETE', id, { mayMiss: true })
  }

  /** Resolves with the status once the whole answer is here. */
  async #ask(method: string, id: string, options: Asked & { mayMiss?: boolean } = {}): Promise<number> {
    const answer = await this.#send(method, id, options)
    const status = answer.statusCode ?? 0
    let said = ''
    // A copy that fails half way says so in its body, after a 200.
    for await (const chunk of answer) if (said.length < 2_000) said += String(chunk)
    const isMissing = options.mayMiss === true && status === 404
    if ((status >= 200 && status < 300 && !said.includes('<Error>')) || isMissing) return status
    throw this.#refused(method, answer)
  }

  async #send(method: string, id: string, { headers = {}, from }: Asked = {}): Promise<IncomingMessage> {
    const url = `${this.#settings.endpoint}/${this.#settings.bucket}/${keyOf(id)}`
    const signed = await this.#client.sign(url, { method, headers })
    const request = url.startsWith('https:') ? requestHttps : requestHttp
    const sent = request(url, { method, headers: { ...Object.fromEntries(signed.headers), ...headers } })
    sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error('The storage says nothing.')))
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      sent.once('response', resolve).once('error', reject),
    )
    try {
      if (from === undefined) sent.end()
      else await Promise.all([pipeline(createReadStream(from), sent), answered])
      return await answered
    } catch (cause) {
      throw new UploadError(
        'storage-unavailable',
        'The storage of files does not answer. Nothing was kept; try again.',
        {
          cause,
        },
      )
    }
  }

  #refused(method: string, { statusCode = 0 }: IncomingMessage): UploadError {
    const isFull = statusCode === 507
    return new UploadError(
      isFull ? 'storage-full' : 'storage-unavailable',
      isFull
        ? 'The storage of files is full. Nothing was kept; try again later.'
        : 'The storage of files did not take or give the file. Nothing was kept; try again.',
      { cause: new Error(`S3 answered ${method} with ${statusCode}`) },
    )
  }
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  /** A file to send. */
  readonly from?: string
}

function keyOf(id: string): string {
  if (!isUploadId(id)) throw new Error('That is not the id of an upload.')
  return PREFIX + id
}
