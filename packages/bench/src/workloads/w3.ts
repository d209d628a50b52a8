import { generate } from '../generator-process.ts'
import { openFilesLimit } from '../machine.ts'
import { within, type Workload } from './workload.ts'

const SOCKETS = 10_000
const QUICK_SOCKETS = 500
const IN_A_DOCUMENT = 100
/** Files that a process has open beside its sockets. */
const OTHER_FILES = 200

export const w3: Workload = {
  name: 'W3',
  title: '10,000 idle sockets, 100 in each document: memory of the server for each',
  rounds: 1,
  columns: { rssPerSocket: { heading: 'RSS KB/socket', digits: 1, unit: 1024 } },
  ratio: 'rssPerSocket',
  goals: [within('rssPerSocket', { most: 20, unit: 1024 })],
  isFresh: true,
  measure({ contestant, target }, isQuick) {
    const sockets = isQuick ? QUICK_SOCKETS : SOCKETS
    if (openFilesLimit() < sockets + OTHER_FILES)
      throw new Error(`W3 needs ${sockets + OTHER_FILES} open files; \`ulimit -n\` says ${openFilesLimit()}.`)
    const documents = sockets / IN_A_DOCUMENT
    return generate({ kind: 'idle', protocol: contestant.protocol, target, sockets, documents, storm: false })
  },
}
