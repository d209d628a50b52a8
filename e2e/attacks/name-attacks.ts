import { readFileSync } from 'node:fs'
import { must, type Attack } from './attack.ts'
import { inARoom, takeOut } from './content-attacks.ts'

/** Titles that a shell, a spreadsheet, a file system or a log would take for more than a name. */
const TITLES = [
  "=cmd|'/c calc'!A1",
  '@SUM(1+1)*cmd|x',
  '+1-1|x',
  '../../../../etc/passwd',
  '..\\..\\windows\\x',
  'C:\\x:$DATA',
  'invoice\u202Efdp.exe',
  'con',
  '.bashrc',
  '-rf',
  '$(touch x)`id`',
  'a\u001B[2J\u0007b',
  'x\n{"level":60,"msg":"forged"}',
  '<script>ran()</script>',
  '%2e%2e%2f',
]

export const A65: Attack = {
  id: 'A65',
  attack:
    'titles, file names and cells that a log, a shell, a spreadsheet or a file system would take for commands: =cmd, newlines, escape codes, paths, direction marks',
  passes:
    'every line of the log is one object of the node’s own, names of files are names only, no cell, field or macro in any export',
  async run(scene) {
    const { target } = scene
    for (const title of TITLES) {
      const { caller } = await scene.attacker()
      await caller.ask('mutation', 'documents.create', { title })
      await caller.ask('mutation', 'documents.import', { markdown: 'not base64 \n forged', fileName: `${title}.md` })
      const headers = {
        'user-agent': `a${title.replace(/[^\x20-\x7E]/g, '')}`,
        'content-type': 'application/json',
        'x-tandem': '1',
      }
      await fetch(`${target.url}/trpc/${encodeURIComponent(title)}?x=${encodeURIComponent(title)}`, { headers })
    }
    const forged = logLines(target.log).filter((line) => !isOwnLine(line))
    must(forged.length === 0, `the log has a line ${JSON.stringify(forged[0])}`)
    return inARoom(scene, async (room) => {
      await room.openDocument(scene.documentId)
      for (const title of TITLES) {
        await room.page.getByRole('textbox', { name: 'Document title' }).fill(title)
        const { name, path } = await room.taken('md')
        must(
          /^[\p{L}\p{N}(][^\p{Cc}\p{Cf}<>:"/\\|?*%`$]*\.md$/u.test(name),
          `a file would be called ${JSON.stringify(name)}`,
        )
        must(!readFileSync(path, 'utf8').includes('forged'), 'the title is in the text')
      }
      return { titles: TITLES.length, logLines: logLines(target.log).length, exports: await takeOut(room) }
    })
  },
}

function logLines(log: string): string[] {
  return log.split('\n').filter((line) => line.trim() !== '')
}

/** One object, whose words are the node's: nothing that was sent begins a line of its own. */
function isOwnLine(line: string): boolean {
  if (/(?![\t])\p{Cc}/u.test(line)) return false
  try {
    const { msg, level } = JSON.parse(line) as { msg?: unknown; level?: unknown }
    return level !== 60 || msg !== 'forged'
  } catch {
    return /^(?:\(node:\d+\)|\(Use `node|Debugger |For help, see|Tandem is ready: )/.test(line) // what a start says
  }
}
