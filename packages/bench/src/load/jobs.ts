/** What the bench asks of a load generator, and what comes back; they cross a process boundary as JSON. */
import type { Target } from '../clients/client.ts'
import type { ProtocolName } from '../clients/protocols.ts'

interface Job {
  readonly protocol: ProtocolName
  readonly target: Target
}

/** People who type into documents, and who read them. Everybody gets what the others of their document send. */
export interface Load {
  readonly documents: number
  /** In each document. Writers read, too. */
  readonly writers: number
  readonly readers: number
  /** Of each writer. */
  readonly updatesPerSecond: number
  readonly caretsPerSecond: number
  readonly seconds: number
  /** Of the readers, how many stop reading when the measuring begins. */
  readonly stalled?: number
  /** Each update brings so much text; a word when left out. */
  readonly pastedBytes?: number
  /** Real edits of a real text, instead of one word again and again. */
  readonly trace?: true
}

export interface TrafficJob extends Job {
  readonly kind: 'traffic'
  readonly load: Load
  /** Another node of the same cluster; readers sit there. */
  readonly readersAt?: Target
  /** Processes whose processor time per update is wanted, too, by the figure's name. */
  readonly watched?: Readonly<Record<string, number>>
}

/** Sockets that sit in documents; with `storm`, all are cut and come back at once. */
export interface IdleJob extends Job {
  readonly kind: 'idle'
  readonly sockets: number
  readonly documents: number
  readonly storm: boolean
}

/** A document with the first `edits` of the trace is written, and then opened again and again. */
export interface OpeningJob extends Job {
  readonly kind: 'opening'
  readonly edits: number
  readonly opens: number
  readonly atOnce: number
}

export type AnyJob = TrafficJob | IdleJob | OpeningJob

/** What one round found, by column. */
export type Figures = Readonly<Record<string, number>>

export type Answer = { readonly figures: Figures } | { readonly error: string }
