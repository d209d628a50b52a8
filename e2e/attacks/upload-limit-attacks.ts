import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pngOf } from '../support/pictures.ts'
import { must, withinMs, type Attack } from './attack.ts'
import type { Scene } from './scene.ts'
import { mustBeHarmless, Uploader } from './uploader.ts'

const MEGABYTE = 1024 * 1024
const FILE_LIMIT_BYTES = 50 * MEGABYTE
const NOT_THERE = '0'.repeat(32)

/** What takes all of a machine when it is let. */
export const A47: Attack = {
  id: 'A47',
  attack:
    'pictures that say 30,000 x 30,000, and are; a file that says 1 GB, streams that never end, from three people at once; 10,000 files; more than the quota',
  passes: 'each refused, cut at the limit or by the rate; RSS of node and decoder grow by at most 200 MB',
  async run({ target, documentId }, full) {
    const guest = await target.guest()
    const by = new Uploader(target, guest)
    const memory = watchMemory(() => target.memoryBytes + target.childrenMemoryBytes)
    const ofDecoder = watchMemory(() => target.childrenMemoryBytes)
    const bombs = [pngOf(30_000, 30_000), pngOf(65_500, 700), pngOf(2_000, 60_000), pngOf(6_900, 7_200)]
    const statuses: number[] = []
    for (const bomb of bombs) statuses.push((await by.send(documentId, bomb, { name: 'bomb.png' })).status)
    must(statuses[0] === 422 && statuses[2] === 422, `a bomb was answered ${statuses.join(', ')}`)

    const decoderMb = (await ofDecoder.stop()) / MEGABYTE
    const said = await by.saysOnly(documentId, 1_000_000_000)
    must(said === 413 || said === 0, `1 GB was answered ${said}`)
    const streamers = await Promise.all(Array.from({ length: full ? 3 : 1 }, () => target.guest()))
    const streams = await withinMs(
      120_000,
      'every stream is cut',
      Promise.all(streamers.map((who) => new Uploader(target, who).endless(documentId))),
    )
    for (const { status } of streams) must(status === 413 || status === 0, `a stream was answered ${status}`)

    const flooder = await target.guest()
    const flood = new Uploader(target, flooder)
    const tries = full ? 10_000 : 200
    const taken = { files: 0, refused: 0 }
    const oneOfMany = async (): Promise<void> => {
      while (taken.files + taken.refused < tries) {
        taken.refused += 1 // until it is taken
        const { status } = await flood.sendOnce(documentId, Buffer.from('x'))
        if (status === 200) {
          taken.refused -= 1
          taken.files += 1
        } else must(status === 429, `a file of many was answered ${status}`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, oneOfMany))
    must(taken.refused > 0, 'nothing was refused')

    const { url } = await by.send(documentId, Buffer.from('x'))
    target.sql('update upload set bytes = ? where id = ?', 2048 * MEGABYTE, url?.split('/').at(-1) ?? '')
    const beyond = await by.send(documentId, Buffer.from('one more'))
    must(beyond.status === 413, `beyond the quota: ${beyond.status}`)
    target.sql('update upload set bytes = 1 where bytes = ?', 2048 * MEGABYTE)
    const grownMb = (await memory.stop()) / MEGABYTE
    const left = readdirSync(join(target.folder, 'uploads', 'incoming'))
    must(left.length === 0, `${left.length} partial files are left`)
    const beyondLimitMb = Math.max(...streams.map(({ sentBytes }) => sentBytes - FILE_LIMIT_BYTES)) / MEGABYTE
    return {
      grownMb,
      decoderMb,
      filesTaken: taken.files,
      filesRefused: taken.refused,
      sentBeyondLimitMb: beyondLimitMb,
    }
  },
  met: ({ grownMb = Infinity }) => grownMb <= 200,
}

function watchMemory(read: () => number): { stop(): Promise<number> } {
  const start = read()
  let most = start
  const timer = setInterval(() => (most = Math.max(most, read())), 50)
  return {
    stop: async () => {
      clearInterval(timer)
      return most - start
    },
  }
}

/** Who could open it, and may not any more. */
export const A49: Attack = {
  id: 'A49',
  attack:
    'guessed ids; a file of a private, a just closed and a deleted document; copying it from there; by a stranger, and without a login',
  passes: 'the same 404 as for what never was; nobody keeps a copy for more than 60 s; a viewer uploads nothing',
  async run(scene) {
    const { target, documentId } = scene
    const owner = await target.guest()
    const stranger = new Uploader(target, await target.guest())
    const own = new Uploader(target, owner)
    const mine = await createDocument(scene, owner)
    const { url = '' } = await own.send(mine, pngOf(30, 20), { name: 'mine.png' })
    const open = await stranger.open(url)
    mustBeHarmless(open, 'with the link')
    const cachedS = Number(/max-age=(\d+)/.exec(open.headers['cache-control'] ?? '')?.[1])

    target.sql("update document set link_role = 'viewer', access_version = access_version + 1 where id = ?", mine)
    must((await stranger.open(url)).status === 200, 'a viewer may not look')
    must((await stranger.send(mine, Buffer.from('x'))).status === 403, 'a viewer uploaded something')
    target.sql('update document set link_role = null, access_version = access_version + 1 where id = ?', mine)
    const startedMs = performance.now()
    const refusals = [await stranger.open(url)]
    const revokedMs = performance.now() - startedMs
    refusals.push(await stranger.open(`/api/uploads/${NOT_THERE}`), await stranger.open(`${url}?download`))
    refusals.push(await new Uploader(target, { cookie: '', address: '10.9.9.9' }).open(url))
    must((await own.open(url)).status === 200, 'the owner may not look')
    const theirs = await createDocument(scene, await target.guest())
    const copied = await stranger.send(`${theirs}/from/${url.split('/').at(-1)}`, Buffer.alloc(0))
    must(copied.status === 404, `it was copied: ${copied.status}`)
    target.sql('update document set deleted_at = 1, access_version = access_version + 1 where id = ?', mine)
    refusals.push(await own.open(url), await stranger.open(url))
    const words = refusals.map(({ status, headers: { date: _, ...headers }, body }) =>
      JSON.stringify([status, headers, body.toString()]),
    )
    must(words[0]?.startsWith('[404,') === true, `it was answered ${words[0]}`)
    must(new Set(words).size === 1, `the answers differ: ${[...new Set(words)].join('\n')}`)
    let guessed = 0
    for (; guessed < 200; guessed += 1)
      must((await stranger.open(`/api/uploads/${randomBytes(16).toString('hex')}`)).status === 404, 'a guess was right')
    must((await stranger.send(mine, Buffer.from('x'))).status === 404, 'a deleted document took a file')
    must(documentId !== mine, 'the victim’s own')
    scene.nothingHappened()
    return { guessed, refused: refusals.length, cachedAtMostS: cachedS, revokedMs }
  },
  met: ({ cachedAtMostS = Infinity, revokedMs = Infinity }) => cachedAtMostS <= 60 && revokedMs <= 60_000,
}

async function createDocument(
  { target }: Scene,
  { cookie, address }: { cookie: string; address: string },
): Promise<string> {
  const response = await fetch(`${target.url}/trpc/documents.create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tandem': '1', cookie, 'x-forwarded-for': address },
    body: '{"title":"Mine"}',
  })
  const { result } = (await response.json()) as { result: { data: { documentId: string } } }
  // Whatever a new document's link gives: here it is open to whoever has it.
  target.sql(
    "update document set link_role = 'editor', access_version = access_version + 1 where id = ?",
    result.data.documentId,
  )
  return result.data.documentId
}
