import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UploadError } from './uploads-error.ts'
import type { PictureAnswer, PictureOrder } from './uploads-image-process.ts'

const TIME_LIMIT_MS = 30_000
const PROGRAM = fileURLToPath(new URL('uploads-image-process.ts', import.meta.url))

export interface WrittenPicture {
  readonly type: string
  readonly width: number
  readonly height: number
}

/**
 * Reads a picture and writes it anew, in a process of its own, one at a time on this node: it is upright afterwards, without
 * metadata, and nothing in it but pixels. Throws UploadError 'bad-picture', and the disk's error.
 */
export class ProcessPictures {
  #last: Promise<unknown> = Promise.resolve()

  async writeAnew(order: PictureOrder): Promise<WrittenPicture> {
    const turn = this.#last.then(() => writeOne(order))
    this.#last = turn.catch(() => undefined) // its own caller hears of it
    return turn
  }
}

async function writeOne(order: PictureOrder): Promise<WrittenPicture> {
  const child = fork(PROGRAM, {
    env: {}, // whatever reads foreign files knows no secret of this node
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(badPicture('It takes too long to read.')), TIME_LIMIT_MS)
    })
    return await Promise.race([answerOf(child, order), late])
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

function answerOf(child: ChildProcess, order: PictureOrder): Promise<WrittenPicture> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: PictureAnswer) => {
      if (answer.ok) resolve(answer)
      else if (answer.isFault) reject(Object.assign(new Error(answer.problem), { code: answer.code }))
      else reject(badPicture(answer.problem))
    })
    child.once('error', reject)
    // The kernel ends what takes too much memory.
    child.once('exit', () => reject(badPicture('It cannot be read.')))
    child.send(order, (error) => error !== null && reject(error))
  })
}

function badPicture(problem: string): UploadError {
  return new UploadError('bad-picture', `This picture cannot be taken: ${problem} It can be attached as a file.`)
}
