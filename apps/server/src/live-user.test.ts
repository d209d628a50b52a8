import { LiveEvents, userTopic, type User } from '@tandem/api'
import { MemoryRelayHub, NodeId, UserId } from '@tandem/sync'
import { expect, test } from 'vitest'
import { LiveUsers } from './live-user.ts'

const ann: User = { userId: UserId.parse('user-ann-1'), name: 'Ann', isGuest: true }

test('one person’s sockets share one name, which follows a rename made on any node', async () => {
  const hub = new MemoryRelayHub()
  const here = new LiveEvents({ node: NodeId.parse('node-here'), relay: hub.relay() })
  const elsewhere = new LiveEvents({ node: NodeId.parse('node-elsewhere'), relay: hub.relay() })
  const users = new LiveUsers(here)
  const [one, two] = [users.hold(ann), users.hold(ann)]
  elsewhere.publish(userTopic(ann.userId), { name: 'personRenamed', data: { userId: ann.userId, name: 'Ann B' } })
  await Promise.resolve()
  expect([one.user.name, two.user.name]).toEqual(['Ann B', 'Ann B'])
})

test('a person is listened to until the last of their sockets has gone; releasing twice gives back one', () => {
  const events = new LiveEvents({ node: NodeId.parse('node-here'), relay: new MemoryRelayHub().relay() })
  const users = new LiveUsers(events)
  const renameTo = (name: string): void =>
    events.publish(userTopic(ann.userId), { name: 'personRenamed', data: { userId: ann.userId, name } })
  const [one, two] = [users.hold(ann), users.hold(ann)]
  one.release()
  one.release()
  renameTo('Ann B')
  expect(two.user.name).toBe('Ann B')
  two.release()
  renameTo('Ann C')
  expect(two.user.name).toBe('Ann B')
})

test('whoever holds a person hears which of their logins ends, on any node, until they release', async () => {
  const hub = new MemoryRelayHub()
  const elsewhere = new LiveEvents({ node: NodeId.parse('node-elsewhere'), relay: hub.relay() })
  const users = new LiveUsers(new LiveEvents({ node: NodeId.parse('node-here'), relay: hub.relay() }))
  const heard: string[] = []
  users.hold(ann, (loginId) => heard.push(`one ${loginId}`))
  users.hold(ann, (loginId) => heard.push(`two ${loginId}`)).release()
  elsewhere.publish(userTopic(ann.userId), { name: 'loginEnded', data: { loginId: 'login-1' } })
  await Promise.resolve()
  expect(heard).toEqual(['one login-1'])
})
