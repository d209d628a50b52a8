import { expect, test } from 'vitest'
import { emptyCheck, MemoryLog, type DocumentId, type Epoch } from '@tandem/sync'
import { watchedLog } from './watched-log.ts'

const DOCUMENT = 'document-1' as DocumentId
const EPOCH = 'epoch-number-1' as Epoch

test('it hears of appends that were written and of those that failed, and changes nothing else', async () => {
  const memory = new MemoryLog({ now: () => 0 })
  memory.createDocument(DOCUMENT, { epoch: EPOCH, schemaVersion: 1 })
  const ends: string[] = []
  let isBroken = false
  const log = watchedLog(
    new Proxy(memory, {
      get: (target, name) => {
        if (name === 'append' && isBroken) return () => Promise.reject(new Error('no space left'))
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    }),
    (end) => ends.push(end),
  )
  const head = (await log.open(DOCUMENT))!
  expect(head).toMatchObject({ epoch: EPOCH, head: 0, check: emptyCheck(EPOCH) })
  expect(await log.append(DOCUMENT, { ...head, head: 7 }, [])).toMatchObject({ status: 'overtaken' })
  expect(ends).toEqual([])
  expect(await log.append(DOCUMENT, head, [])).toMatchObject({ status: 'appended' })
  isBroken = true
  await expect(log.append(DOCUMENT, head, [])).rejects.toThrow('no space left')
  expect(ends).toEqual(['written', 'failed'])
  expect((await log.heads([DOCUMENT])).get(DOCUMENT)?.head).toBe(0)
  expect(await log.read(DOCUMENT, undefined, 1)).toMatchObject({ rows: [] })
})
