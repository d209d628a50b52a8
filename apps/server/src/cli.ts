import { parseArgs } from 'node:util'
import { PersonName } from '@tandem/api'
import { openAccounts, repairDocument } from '@tandem/store'
import { DocumentId } from '@tandem/sync'
import { z } from 'zod'
import { openAuth } from './auth.ts'
import { readConfig } from './config.ts'
import { createLog, safeMessage } from './log.ts'
import { repairWords } from './repair-words.ts'

const USAGE = `pnpm tandem token --user <email> [--user <email> …] [--name <name>]

  Prints a token for scripts that act as this user, who is created when there is none; with several, one in each line.
  Scripts hand it to createClient({ url, token }). It is shown once: only its hash is kept.

pnpm tandem repair --document=<id> [--force]

  Makes a document whose stored log is damaged one that can be written again, and says what it kept and what it cut.
  It goes back to what was before the damage; the rows after that stay in the database, and who has more in a browser
  is offered that as a copy. Without damage it does nothing, so it may be run again; with --force it starts the document
  anew all the same, and every open page has to open it again. Make a backup first.

Both read the same settings as the node (DATA_DIR or DATABASE_URL, SECRET_KEY), and may run beside it.`

const TokenOptions = z.strictObject({
  user: z.array(z.email('--user must be an email address, like ann@example.org'), 'whose token? Name a --user').min(1),
  name: PersonName.optional(),
})

const RepairOptions = z.strictObject({ document: DocumentId, force: z.boolean().optional() })

/** Prints tokens on stdout and everything else on stderr, so that a script can take it. */
async function token(options: z.infer<typeof TokenOptions>): Promise<void> {
  const config = readConfig(process.env)
  const accounts = await openAccounts(config)
  try {
    const auth = await openAuth({
      config,
      database: accounts.database,
      alone: (work) => work(),
      log: createLog('error'),
      trustedOrigins: () => [],
    })
    for (const email of options.user) {
      const issued = await auth.issueToken(email, options.name)
      console.error(`${issued.created ? 'New user' : 'User'} ${email}, called ${issued.user.name}.`)
      console.log(issued.token)
    }
  } finally {
    await accounts.close()
  }
}

async function repair({ document, force = false }: z.infer<typeof RepairOptions>): Promise<void> {
  const result = await repairDocument(readConfig(process.env), document, { force })
  console.error(repairWords(document, result).join('\n'))
}

/** Throws Error with what is wrong with the options, and how the CLI is called. */
function checked<Options>(schema: z.ZodType<Options>, values: unknown): Options {
  const options = schema.safeParse(values)
  if (options.success) return options.data
  throw new Error([...options.error.issues.map(({ message }) => message), USAGE].join('\n'))
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      user: { type: 'string', multiple: true },
      name: { type: 'string' },
      document: { type: 'string' },
      force: { type: 'boolean' },
    },
  })
  switch (positionals.join(' ')) {
    case 'token':
      await token(checked(TokenOptions, values))
      break
    case 'repair':
      await repair(checked(RepairOptions, values))
      break
    default:
      throw new Error(USAGE)
  }
} catch (error) {
  console.error(safeMessage(error))
  process.exitCode = 1
}
