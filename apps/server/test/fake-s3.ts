import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { S3Settings } from '../src/uploads-s3.ts'

export interface FakeS3 {
  readonly settings: S3Settings
  /** What lies in it, by its path. */
  readonly objects: Map<string, Buffer>
  /** Answer everything with this status from now on; undefined: work. */
  failWith(status: number | undefined): void
  close(): Promise<void>
}

/** As much of S3 as uploads need, over http: it takes only what is signed and says how long it is, as S3 does. */
export async function fakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>()
  let failure: number | undefined
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    const { method, url = '', headers } = request
    const body = await buffer(request)
    const isSigned = /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-test-1\/s3\/aws4_request, .*Signature=[0-9a-f]{64}$/
    if (!isSigned.test(headers.authorization ?? '')) return 403
    if (failure !== undefined) return failure
    if (method === 'PUT') {
      if (headers['content-length'] === undefined) return 411
      const source = headers['x-amz-copy-source']
      const copied = source === undefined ? body : objects.get(decodeURI(String(source)))
      if (copied === undefined) return 404
      objects.set(url, copied)
      return 200
    }
    const found = objects.get(url)
    if (method === 'DELETE') return objects.delete(url) ? 204 : 404
    if (found === undefined) return 404
    response.writeHead(200, { 'content-length': found.byteLength }).end(found)
    return 0
  }
  const server = createServer((request, response) => {
    void answer(request, response).then((status) => status > 0 && response.writeHead(status).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: 'tandem',
      region: 'eu-test-1',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    },
    objects,
    failWith: (status) => void (failure = status),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
