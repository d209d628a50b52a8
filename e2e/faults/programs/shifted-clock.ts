/**
 * Loaded into a node before anything else: its wall clock is off by what a file says (ms), read again at SIGUSR2. Timers
 * and `performance` go on as they are, as when somebody sets the clock of a machine.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const file = process.env['SHIFTED_CLOCK_FILE'] ?? ''
const real = Date.now.bind(Date)
let shiftMs = 0

function look(): void {
  shiftMs = Number(readFileSync(file, 'utf8'))
}

look()
process.on('SIGUSR2', () => {
  const before = Date.now()
  look()
  writeFileSync(`${file}.new`, `${Date.now() - before}`)
  renameSync(`${file}.new`, `${file}.told`) // whoever waits for it reads it whole
})
globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [real() + shiftMs] : args, newTarget) as object,
  get: (target, name) => (name === 'now' ? () => real() + shiftMs : (Reflect.get(target, name) as unknown)),
})
