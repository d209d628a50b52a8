import * as Y from 'yjs'
import { describe, expect, test } from 'vitest'
import { contentDigest } from './content-digest.ts'

const body = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('body')

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  return element
}

function textOf(doc: Y.Doc, index = 0): Y.XmlText {
  return (body(doc).get(index) as Y.XmlElement).get(0) as Y.XmlText
}

function docOf(write: (doc: Y.Doc) => void): Y.Doc {
  const doc = new Y.Doc()
  write(doc)
  return doc
}

/** As a worker has it: nobody asked for the roots by their kind. */
function replayed(doc: Y.Doc): Y.Doc {
  return docOf((copy) => Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc)))
}

const sample = (): Y.Doc =>
  docOf((doc) => {
    body(doc).insert(0, [paragraph('Hello "world" \\ 😀'), paragraph('second')])
    textOf(doc).format(0, 5, { strong: {}, link: { href: 'a', title: 'b' } })
    textOf(doc, 1).insertEmbed(3, { date: '2026' })
    ;(body(doc).get(1) as Y.XmlElement).setAttribute('level', 2 as unknown as string)
    doc.getMap('facts').set('list', [1, null, 'x'])
  })

describe('[DIV-1] equal documents', () => {
  test('[DIV-1] a replay says what the author’s own document says', () => {
    expect(contentDigest(replayed(sample()))).toBe(contentDigest(sample()))
    expect(contentDigest(sample())).toMatch(/^[0-9a-f]{64}$/)
  })

  test('[DIV-1] whoever wrote it, however it came about', () => {
    const typed = docOf((doc) => body(doc).insert(0, [paragraph('')]))
    for (const letter of 'Hello word') textOf(typed).insert(textOf(typed).length, letter)
    textOf(typed).insert(9, 'l')
    textOf(typed).insert(0, 'gone')
    textOf(typed).delete(0, 4)
    const pasted = docOf((doc) => body(doc).insert(0, [paragraph('Hello worl'), paragraph('gone')]))
    textOf(pasted).insert(10, 'd')
    body(pasted).delete(1, 1)
    expect(contentDigest(typed)).toBe(contentDigest(pasted))
  })

  test('[DIV-1] marks in another order, set twice, or set and taken away', () => {
    const one = docOf((doc) => body(doc).insert(0, [paragraph('abcdef')]))
    textOf(one).format(0, 4, { strong: {} })
    textOf(one).format(2, 4, { em: { a: 1, b: 2 } })
    const other = docOf((doc) => body(doc).insert(0, [paragraph('abcdef')]))
    textOf(other).format(0, 6, { underline: {} })
    textOf(other).format(2, 4, { em: { b: 2, a: 1 } })
    textOf(other).format(0, 2, { strong: {} })
    textOf(other).format(2, 2, { strong: {} })
    textOf(other).format(0, 6, { underline: null })
    expect(contentDigest(one)).toBe(contentDigest(other))
  })

  test('[DIV-1] a root that was only asked for, and what an update does not carry', () => {
    const one = docOf((doc) => body(doc).insert(0, [paragraph('a\ud83d')]))
    textOf(one).format(0, 1, { link: { href: 'x', title: undefined } })
    const other = replayed(one)
    other.getText('never written')
    expect(contentDigest(other)).toBe(contentDigest(one))
  })
})

describe('[DIV-2] different documents', () => {
  const changes: Record<string, (doc: Y.Doc) => void> = {
    'a letter': (doc) => textOf(doc).insert(3, 'x'),
    'a letter less': (doc) => textOf(doc).delete(0, 1),
    'a mark': (doc) => textOf(doc).format(0, 1, { em: {} }),
    'a mark less': (doc) => textOf(doc).format(0, 1, { strong: null }),
    'where a mark ends': (doc) => textOf(doc).format(5, 1, { strong: {}, link: { href: 'a', title: 'b' } }),
    'what a mark says': (doc) => textOf(doc).format(0, 5, { link: { href: 'c', title: 'b' } }),
    'an attribute': (doc) => (body(doc).get(1) as Y.XmlElement).setAttribute('level', '3'),
    'an attribute as a text': (doc) => (body(doc).get(1) as Y.XmlElement).setAttribute('level', '2'),
    'an attribute less': (doc) => (body(doc).get(1) as Y.XmlElement).removeAttribute('level'),
    'a block': (doc) => body(doc).insert(1, [new Y.XmlElement('paragraph')]),
    'a block of another name': (doc) => {
      body(doc).delete(0, 1)
      const heading = new Y.XmlElement('heading')
      heading.insert(0, [new Y.XmlText('x')])
      body(doc).insert(0, [heading])
    },
    'the order of blocks': (doc) => {
      body(doc).delete(0, 1)
      body(doc).insert(1, [paragraph('Hello "world" \\ 😀')])
    },
    'an embedded object': (doc) => {
      textOf(doc, 1).delete(3, 1)
      textOf(doc, 1).insertEmbed(3, { date: '2027' })
    },
    'a value': (doc) => doc.getMap('facts').set('list', [1, null, 'y']),
    'another root': (doc) => doc.getText('other').insert(0, 'x'),
  }

  test.each(Object.keys(changes))('[DIV-2] %s', (name) => {
    const changed = sample()
    const before = contentDigest(changed)
    changes[name]?.(changed)
    expect(contentDigest(changed)).not.toBe(before)
    expect(contentDigest(replayed(changed))).toBe(contentDigest(changed))
  })

  test('[DIV-2] text is not taken for what stands around it', () => {
    const one = docOf((doc) => body(doc).insert(0, [paragraph('a'), paragraph('b')]))
    const other = docOf((doc) => body(doc).insert(0, [paragraph('a"><x"paragraph"<yT"b')]))
    expect(contentDigest(one)).not.toBe(contentDigest(other))
  })
})

test('what nests too deeply has none', () => {
  const doc = new Y.Doc()
  let inner = body(doc)
  for (let depth = 0; depth < 1_100; depth++) {
    const element = new Y.XmlElement('x')
    inner.insert(0, [element])
    inner = element
  }
  expect(contentDigest(doc)).toBeUndefined()
})
