import type { Caret, PresenceEntry, SessionId } from '@tandem/sync'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { PresenceBridge, type AwarenessChange } from './presence-bridge.ts'

const position = (clock: number) => ({
  type: { client: 7, clock: 0 },
  tname: null,
  item: { client: 7, clock },
  assoc: 0,
})

function person(name: string, caret: unknown = null, color = '#b45309'): PresenceEntry {
  return {
    sessionId: `session-${name}`,
    person: { userId: `user-${name}`, name, color },
    caret,
  } as unknown as PresenceEntry
}

function bridged() {
  const carets: Caret[] = []
  const source = {
    people: new Map<SessionId, PresenceEntry>() as ReadonlyMap<SessionId, PresenceEntry>,
    sessionId: 'session-ann' as SessionId | undefined,
    setCaret: (caret: Caret) => carets.push(caret),
  }
  const doc = new Y.Doc()
  const bridge = new PresenceBridge(doc, () => source)
  const changes: AwarenessChange[] = []
  bridge.on('change', (change) => changes.push(change))
  const here = (...entries: PresenceEntry[]) => {
    source.people = new Map(entries.map((entry) => [entry.sessionId, entry]))
    bridge.refresh()
  }
  const others = () => [...bridge.getStates()].filter(([number]) => number !== doc.clientID)
  return { bridge, source, doc, carets, changes, here, others }
}

describe('what the editor sees of others', () => {
  test('name and colour as the node stamped them, the caret as relative positions', () => {
    const { here, others } = bridged()
    here(person('ann'), person('bob', { anchor: position(1), head: position(2) }))
    expect(others()).toEqual([
      [
        1,
        {
          user: { name: 'bob', color: '#b45309', userId: 'user-bob' },
          cursor: { anchor: position(1), head: position(2) },
        },
      ],
    ])
  })

  test('only what changed is told, and a number stays with its session', () => {
    const { here, changes, others } = bridged()
    const [bob, cem] = [person('bob'), person('cem')]
    here(bob, cem)
    here(bob, person('cem', { anchor: position(1), head: position(1) }))
    here(bob)
    here(bob, person('cem'))
    here(bob, person('cem'))
    expect(changes.slice(0, 4)).toEqual([
      { added: [1, 2], updated: [], removed: [] },
      { added: [], updated: [2], removed: [] },
      { added: [], updated: [], removed: [2] },
      { added: [3], updated: [], removed: [] },
    ])
    expect(others().map(([number]) => number)).toEqual([1, 3])
  })

  test('a malformed caret is not shown; somebody malformed is not here', () => {
    const { here, others } = bridged()
    here(person('bob', { anchor: { item: 'x' }, head: null }), person('eve', null, 'red; background: url(//evil)'))
    expect(others()).toEqual([[1, { user: { name: 'bob', color: '#b45309', userId: 'user-bob' }, cursor: null }]])
  })

  test('a lost link: nobody can be seen, oneself stays', () => {
    const { here, others, bridge, source, doc } = bridged()
    here(person('ann'), person('bob'))
    source.sessionId = undefined
    here()
    expect(others()).toEqual([])
    expect(bridge.getStates().has(doc.clientID)).toBe(true)
  })
})

describe('what the editor says of itself', () => {
  test('own state is under the document’s client id, with the stamp of the node', () => {
    const { here, bridge, doc } = bridged()
    expect(bridge.clientID).toBe(doc.clientID)
    here(person('ann'))
    expect(bridge.getLocalState()).toEqual({ user: { name: 'ann', color: '#b45309', userId: 'user-ann' } })
    bridge.setLocalStateField('user', { name: 'somebody else' })
    expect(bridge.getLocalState()?.user?.name).toBe('ann')
  })

  test('a caret travels as exactly what the wire takes, whatever Yjs leaves out', () => {
    const { bridge, carets, doc } = bridged()
    const text = doc.getText('body')
    text.insert(0, 'hello')
    const anchor = Y.createRelativePositionFromTypeIndex(text, 2)
    const head = Y.createRelativePositionFromTypeIndex(text, 5, -1)
    bridge.setLocalStateField('cursor', { anchor, head })
    bridge.setLocalStateField('cursor', {
      anchor: Y.relativePositionToJSON(anchor) as unknown,
      head: Y.relativePositionToJSON(head) as unknown,
    })
    const client = doc.clientID
    const caret = {
      anchor: { type: null, tname: 'body', item: { client, clock: 2 }, assoc: 0 },
      head: { type: null, tname: 'body', item: { client, clock: 4 }, assoc: -1 },
    }
    expect(carets).toEqual([caret, caret])
    expect(bridge.getLocalState()?.cursor).toEqual({
      anchor: Y.relativePositionToJSON(anchor) as unknown,
      head: Y.relativePositionToJSON(head) as unknown,
    })
  })

  test('leaving the text, nonsense, and other fields', () => {
    const { bridge, carets } = bridged()
    bridge.setLocalStateField('cursor', null)
    bridge.setLocalStateField('cursor', { anchor: 'x', head: 7 })
    bridge.setLocalStateField('cursor', { anchor: { item: { client: -1, clock: 0 } }, head: position(1) })
    bridge.setLocalStateField('theme', 'dark')
    expect(carets).toEqual([null, null, null])
    expect(bridge.getLocalState()).toMatchObject({ theme: 'dark' })
  })

  test('away and back', () => {
    const { bridge, changes, doc } = bridged()
    bridge.setLocalState(null)
    bridge.setLocalState(null)
    bridge.setLocalStateField('cursor', { anchor: position(1), head: position(1) })
    expect(bridge.getStates().size).toBe(0)
    bridge.setLocalState({})
    expect(changes).toEqual([
      { added: [], updated: [], removed: [doc.clientID] },
      { added: [doc.clientID], updated: [], removed: [] },
    ])
  })

  test('listeners can leave', () => {
    const { bridge } = bridged()
    const listener = vi.fn()
    bridge.on('update', listener)
    bridge.setLocalStateField('theme', 'dark')
    bridge.off('update', listener)
    bridge.setLocalStateField('theme', 'light')
    expect(listener).toHaveBeenCalledOnce()
    expect(listener).toHaveBeenCalledWith({ added: [], updated: [bridge.clientID], removed: [] }, 'local')
  })
})
