import { createHash } from 'node:crypto'
import type { DocumentHandle, TandemClient } from '@tandem/client'
import { FRAGMENT } from '@tandem/schema'
import * as Y from 'yjs'
import { must, withinMs } from './attack.ts'
import { Caller, type Joined } from './caller.ts'
import type { Guest, Target } from './target.ts'

const SAVED_WITHIN_MS = 10_000
/** The victim's clocks: 0 is the paragraph, 1 its text, then the letters. */
export const FIRST_LETTER = 2

/** One attack's surroundings: the node, and a victim who has a document of their own open and wants to go on writing. */
export class Scene {
  readonly target: Target
  readonly documentId: string
  readonly #victim: TandemClient
  readonly #token: string
  readonly #handle: DocumentHandle
  readonly #text = new Y.XmlText()
  #words = 0
  #before = { head: 0, hash: '' }
  readonly #callers: Caller[] = []

  private constructor(target: Target, token: string, victim: TandemClient, documentId: string) {
    this.target = target
    this.#token = token
    this.#victim = victim
    this.documentId = documentId
    this.#handle = victim.document(documentId)
  }

  static async set(target: Target, token: string): Promise<Scene> {
    const victim = target.client(token)
    const { documentId } = await victim.api.documents.create.mutate({ title: 'What is mine' })
    const scene = new Scene(target, token, victim, documentId)
    try {
      await scene.#handle.whenOpen()
      scene.#begin()
      await scene.edit()
      scene.remember()
      return scene
    } catch (error) {
      await scene.strike()
      throw error
    }
  }

  /** From here on nothing may change. */
  remember(): void {
    this.#before = { head: this.head, hash: this.#hash(this.#handle.doc) }
  }

  get doc(): Y.Doc {
    return this.#handle.doc
  }

  /** Where the victim's first letter is, as a caret says it. */
  get letter(): object {
    return { type: null, tname: null, item: { client: this.#handle.doc.clientID, clock: FIRST_LETTER }, assoc: 0 }
  }

  /** What the victim has typed. */
  get paragraph(): string {
    return this.#text.toJSON()
  }

  /** What people's carets say on the victim's screen. */
  get people(): ReturnType<DocumentHandle['getPeople']> {
    return this.#handle.getPeople()
  }

  get head(): number {
    return Number(this.target.sql('select head from document where id = ?', this.documentId)[0]?.['head'])
  }

  /** Somebody else with a socket, joined to the victim's document (its link lets them edit). */
  async attacker(guest?: Guest): Promise<{ caller: Caller; guest: Guest; at: { documentId: string } & Joined }> {
    const who = guest ?? (await this.target.guest())
    const caller = await this.caller(who)
    const joined = await caller.join(this.documentId)
    must(typeof joined !== 'string', `the attacker could not even join: ${JSON.stringify(joined)}`)
    return { caller, guest: who, at: { ...joined, documentId: this.documentId } }
  }

  /** A socket that is closed with the scene. */
  async caller(guest?: Guest): Promise<Caller> {
    const caller = await Caller.open(this.target, guest)
    this.#callers.push(caller)
    return caller
  }

  /** At the end of the victim's first paragraph, which others may have edited, too. */
  write(text: string): void {
    this.#text.insert(this.#text.length, text)
  }

  /** The victim calls the document something else. */
  async rename(title: string): Promise<void> {
    await this.#victim.api.documents.rename.mutate({ documentId: this.documentId, title })
  }

  /** The victim says what anybody with the address may do; null: nothing. */
  async share(role: 'viewer' | 'commenter' | 'editor' | null): Promise<void> {
    await this.#victim.api.sharing.setLink.mutate({ documentId: this.#handle.documentId, role })
  }

  /** The victim types a word and has it saved. How long that took, ms. */
  async edit(): Promise<number> {
    const startedMs = performance.now()
    this.#words += 1
    this.write(`<${this.#words}>`)
    await withinMs(SAVED_WITHIN_MS, 'the victim has a word saved', this.#handle.whenSaved())
    return performance.now() - startedMs
  }

  /** "Refused": no row in the log, and nothing of it at the victim's. Throws what was harmed. */
  nothingHappened(): void {
    must(this.head === this.#before.head, `the log went from ${this.#before.head} to ${this.head}`)
    must(this.#hash(this.#handle.doc) === this.#before.hash, 'the victim was shown something')
  }

  /** The victim has not noticed: the process is up, nothing went unhandled, they still edit, and a fresh replica reads the same. */
  async unharmed(): Promise<void> {
    must(this.target.running, 'the node is not running')
    must(!/nobody handled|unhandledRejection|uncaughtException/.test(this.target.log), 'an error nobody handled')
    await this.edit()
    const fresh = this.target.client(this.#token)
    try {
      const handle = fresh.document(this.documentId)
      await withinMs(SAVED_WITHIN_MS, 'a fresh replica opens', handle.whenOpen())
      const isEqual = (): boolean => this.#hash(handle.doc) === this.#hash(this.#handle.doc)
      const untilMs = performance.now() + SAVED_WITHIN_MS
      while (!isEqual() && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20))
      must(isEqual(), `a fresh replica has ${differences(handle.doc, this.#handle.doc)} than the victim`)
    } finally {
      await fresh.close()
    }
    const { pendingStructs, pendingDs } = this.#handle.doc.store
    must(pendingStructs === null && pendingDs === null, 'the victim waits for structs that never come')
  }

  async strike(): Promise<void> {
    for (const caller of this.#callers) caller.close()
    await this.#victim.close()
  }

  /** A paragraph, as the page would make it. */
  #begin(): void {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [this.#text])
    this.#handle.doc.getXmlFragment(FRAGMENT).insert(0, [paragraph])
  }

  /** Of everything that a document has been through and what it reads; however its structs were merged. */
  #hash(doc: Y.Doc): string {
    const { sv, ds } = Y.snapshot(doc)
    const byClient = <Value>(entries: Map<number, Value>): [number, Value][] => [...entries].sort(([a], [b]) => a - b)
    const text = textIn(doc)
    return createHash('sha256')
      .update(JSON.stringify([byClient(sv), byClient(ds.clients), text]))
      .digest('hex')
  }
}

function differences(one: Y.Doc, other: Y.Doc): string {
  const [left, right] = [one, other].map((doc) => ({ of: Y.snapshot(doc), text: textIn(doc) }))
  if (left === undefined || right === undefined) return 'nothing'
  const words = (snapshot: Y.Snapshot): string => JSON.stringify([[...snapshot.sv], [...snapshot.ds.clients]])
  if (left.text !== right.text) return `another text (${left.text.slice(0, 500)}, not ${right.text.slice(0, 500)})`
  return `other runs or deletions (${words(left.of).slice(0, 2_000)}, not ${words(right.of).slice(0, 2_000)})`
}

/** What a document reads. Yjs writes it level by level, and what an attack has nested may be too deep for that. */
export function textIn(doc: Y.Doc): string {
  try {
    return doc.getXmlFragment(FRAGMENT).toString()
  } catch (error) {
    if (error instanceof RangeError) return 'too deep to read'
    throw error
  }
}
