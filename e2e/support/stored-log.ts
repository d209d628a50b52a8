import { DatabaseSync } from 'node:sqlite'

/** The log of one document in a node's database file, as somebody with access to the disk has it. */
export class StoredLog {
  readonly #file: string
  readonly #documentId: string

  constructor(file: string, documentId: string) {
    this.#file = file
    this.#documentId = documentId
  }

  /** How many rows there are. The node may be running. */
  length(): number {
    return this.#open((database) => {
      const row = database.prepare('select count(*) as rows from log_row where document_id = ?').get(this.#documentId)
      return Number(row?.['rows'])
    })
  }

  /** Whose pushes they are: one for each page that has sent anything. The node may be running. */
  replicas(): number {
    return this.#open((database) => {
      const row = database
        .prepare('select count(distinct replica_id) as replicas from log_row where document_id = ?')
        .get(this.#documentId)
      return Number(row?.['replicas'])
    })
  }

  /** Changes one bit in the middle of a row. Only while no node runs on the file: what it has read it does not read again. */
  damage(seq: number): void {
    this.#open((database) => {
      const row = database
        .prepare('select "update" as bytes from log_row where document_id = ? and seq = ?')
        .get(this.#documentId, seq)
      if (!(row?.['bytes'] instanceof Uint8Array)) throw new Error(`There is no row ${seq}.`)
      const bytes = Uint8Array.from(row['bytes'])
      const middle = bytes.length >> 1
      bytes[middle] = (bytes[middle] ?? 0) ^ 1
      database
        .prepare('update log_row set "update" = ? where document_id = ? and seq = ?')
        .run(bytes, this.#documentId, seq)
    })
  }

  #open<Result>(use: (database: DatabaseSync) => Result): Result {
    const database = new DatabaseSync(this.#file, { timeout: 5_000 })
    try {
      return use(database)
    } finally {
      database.close()
    }
  }
}
