import { DocumentId, MemoryRelayHub, NodeId, type RelayMessage } from '@tandem/sync'
import { expect, test } from 'vitest'
import { documentTopic, type AppEvent } from './events.ts'
import { EventQueue } from './event-queue.ts'
import { LiveEvents } from './live-events.ts'

const documentId = DocumentId.parse('document-1')
const topic = documentTopic(documentId)
const renamed = (title: string): AppEvent => ({ name: 'documentRenamed', data: { documentId, title } })

function nodes() {
  const hub = new MemoryRelayHub()
  const make = (name: string) => {
    const relay = hub.relay()
    return { relay, events: new LiveEvents({ node: NodeId.parse(name), relay }) }
  }
  return { hub, one: make('node-one'), two: make('node-two') }
}

test('an event reaches the listeners of its topic on its own node at once, and on the others through the relay', async () => {
  const { one, two } = nodes()
  const heard: string[] = []
  one.events.listen(topic, { event: (event) => heard.push(`one ${event.name}`) })
  two.events.listen(topic, { event: (event) => heard.push(`two ${event.name}`) })
  one.events.publish(topic, renamed('x'))
  expect(heard).toEqual(['one documentRenamed'])
  await Promise.resolve()
  expect(heard).toEqual(['one documentRenamed', 'two documentRenamed'])
})

test('what does not fit the schema of an event is not handed on', async () => {
  const { one, two } = nodes()
  const heard: AppEvent[] = []
  two.events.listen(topic, { event: (event) => heard.push(event) })
  const forged: RelayMessage = {
    type: 'event',
    node: NodeId.parse('node-one'),
    event: { name: 'documentRenamed', data: { documentId, title: 'x'.repeat(1000) } },
  }
  one.relay.publish(topic, forged)
  one.relay.publish(topic, { ...forged, event: { name: 'ofANewerVersion', data: 1 } })
  one.events.publish(topic, renamed('fits'))
  await Promise.resolve()
  expect(heard).toEqual([renamed('fits')])
})

test('a closed listener hears nothing more; the relay is left with the last one', async () => {
  const { one, two } = nodes()
  const heard: string[] = []
  const first = two.events.listen(topic, { event: () => heard.push('first') })
  const second = two.events.listen(topic, { event: () => heard.push('second') })
  first.close()
  first.close()
  one.events.publish(topic, renamed('x'))
  await Promise.resolve()
  second.close()
  one.events.publish(topic, renamed('y'))
  await Promise.resolve()
  expect(heard).toEqual(['second'])
})

test('when the relay may have lost something, every listener is told once', () => {
  const { hub, one } = nodes()
  let told = 0
  const listener = { event: () => undefined, suspicion: () => (told += 1) }
  one.events.listen(topic, listener)
  one.events.listen(documentTopic(DocumentId.parse('document-2')), listener)
  hub.interrupt()
  expect(told).toBe(1)
})

test('a reader that falls behind gets one resync instead of what it missed', async () => {
  const queue = new EventQueue()
  for (let at = 0; at < 1_000; at++) queue.push(renamed(String(at)))
  const { signal } = new AbortController()
  expect(await queue.next(signal)).toEqual({ name: 'resync' })
  queue.push(renamed('last'))
  const rest: (string | undefined)[] = []
  for (let next = await queue.next(signal); next !== undefined; next = await queue.next(AbortSignal.abort()))
    rest.push(next.name)
  expect(rest.length).toBe(1)
})

test('waiting for the next event ends when the signal aborts, and leaves nothing behind', async () => {
  const queue = new EventQueue()
  const stop = new AbortController()
  const next = queue.next(stop.signal)
  stop.abort()
  expect(await next).toBeUndefined()
})
