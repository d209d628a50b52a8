import { openedStore } from '../test/opened-store.ts'
import { describeUploads } from '../test/uploads.contract.ts'

describeUploads('SQLite', () => openedStore())
