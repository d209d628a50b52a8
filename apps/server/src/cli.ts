import { parseArgs } from 'node:util'
import { PersonName } from '@tandem/api'
import { openAccounts, peopleOf, removeUnusedUploads, repairDocument, type AccountsDatabase } from '@tandem/store'
import { DocumentId } from '@tandem/sync'
import { z } from 'zod'
import { openAuth, type Auth } from './auth.ts'
import { readConfig, type Config } from './config.ts'
import { createLog, safeMessage } from './log.ts'
import { repairWords } from './repair-words.ts'
import { sayLoginsEnded } from './suspension.ts'
import { uploadStorage } from './uploads-open.ts'

const USAGE = `pnpm tandem token --user <email> [--user <email> …] [--name <name>]

  Prints a token for scripts that act as this user, who is created when there is none; with several, one in each line.
  Scripts hand it to createClient({ url, token }). It is shown once: only its hash is kept.

pnpm tandem repair --document=<id> [--force]

  Makes a document whose stored log is damaged one that can be written again, and says what it kept and what it cut.
  It goes back to what was before the damage; the rows after that stay in the database, and who has more in a browser
  is offered that as a copy. Without damage it does nothing, so it may be run again; with --force it starts the document
  anew all the same, and every open page has to open it again. Make a backup first.

pnpm tandem suspend <user>
pnpm tandem unsuspend <user>

  Shuts a user out of this server, by email address or account id: every browser and script of theirs is signed out, and
  they cannot sign in anew. Nodes notice at once over Redis, within 5 s without it. What they wrote stays; unsuspend gives
  everything back. A guest can come again as another guest, who owns nothing: set a document's general access to nobody.

pnpm tandem people --document=<id>

  Who has opened a document or was given a role in it: account id, name, role.

pnpm tandem unused-uploads [--days <n>]

  Removes uploaded pictures and files that no document shows: what was found unused by an earlier run, at least so many
  days ago (30), and is unused still. So run it every day or week; the first run only takes note. Undo brings back a picture
  that is not removed yet.

All read the same settings as the node (DATA_DIR or DATABASE_URL, SECRET_KEY, REDIS_URL), and may run beside it.`

const TokenOptions = z.strictObject({
  user: z.array(z.email('--user must be an email address, like ann@example.org'), 'whose token? Name a --user').min(1),
  name: PersonName.optional(),
})

const RepairOptions = z.strictObject({ document: DocumentId, force: z.boolean().optional() })

const UnusedOptions = z.strictObject({ days: z.coerce.number('--days is a number').min(0).default(30) })

const PeopleOptions = z.strictObject({ document: DocumentId })
const Who = z.string('which user? Name one by email address or account id').min(1)

/** Accounts beside a running node. */
async function withAuth<Result>(
  config: Config,
  work: (auth: Auth, accounts: AccountsDatabase) => Promise<Result>,
): Promise<Result> {
  const accounts = await openAccounts(config)
  try {
    const auth = await openAuth({
      config,
      database: accounts.database,
      alone: (migrate) => migrate(),
      log: createLog('error'),
      trustedOrigins: () => [],
    })
    return await work(auth, accounts.database)
  } finally {
    await accounts.close()
  }
}

/** Prints tokens on stdout and everything else on stderr, so that a script can take it. */
async function token(options: z.infer<typeof TokenOptions>): Promise<void> {
  await withAuth(readConfig(process.env), async (auth) => {
    for (const email of options.user) {
      const issued = await auth.issueToken(email, options.name)
      console.error(`${issued.created ? 'New user' : 'User'} ${email}, called ${issued.user.name}.`)
      console.log(issued.token)
    }
  })
}

async function suspend(who: string): Promise<void> {
  const config = readConfig(process.env)
  const ended = await withAuth(config, (auth) => auth.suspend(who))
  if (ended === undefined) throw noSuchUser(who)
  const { user, loginIds } = ended
  const isTold = await sayLoginsEnded(config, user.userId, loginIds)
  const soon = isTold ? 'the nodes have been told' : 'the nodes notice within 5 s'
  const count = `${loginIds.length} ${loginIds.length === 1 ? 'login or token has' : 'logins and tokens have'} ended`
  console.error(`${user.name} is suspended: ${count}, ${soon}.`)
}

async function unsuspend(who: string): Promise<void> {
  const user = await withAuth(readConfig(process.env), (auth) => auth.unsuspend(who))
  if (user === undefined) throw noSuchUser(who)
  console.error(`${user.name} is not suspended any more: what they were signed in by works again.`)
}

function noSuchUser(who: string): Error {
  return new Error(
    `There is no user ${who}. \`pnpm tandem people --document=<id>\` tells the account ids of a document.`,
  )
}

async function people({ document }: z.infer<typeof PeopleOptions>): Promise<void> {
  const known = await withAuth(readConfig(process.env), (_, accounts) => peopleOf(accounts, document))
  for (const { userId, name, isGuest, role } of known)
    console.log([userId, name ?? '(no account any more)', isGuest ? 'guest' : 'account', role].join('\t'))
}

async function repair({ document, force = false }: z.infer<typeof RepairOptions>): Promise<void> {
  const result = await repairDocument(readConfig(process.env), document, { force })
  console.error(repairWords(document, result).join('\n'))
}

async function unusedUploads({ days }: z.infer<typeof UnusedOptions>): Promise<void> {
  const config = readConfig(process.env)
  const storage = uploadStorage(config)
  const { removed, unused, skipped } = await removeUnusedUploads(config, {
    unusedForMs: days * 24 * 3_600_000,
    remove: (id) => storage.remove(id),
  })
  console.error(`${removed} removed; ${unused} more are not shown by their document, and wait.`)
  if (skipped > 0) console.error(`${skipped} documents could not be read whole; theirs are left alone.`)
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
      days: { type: 'string' },
    },
  })
  const [command, ...rest] = positionals
  const takesUser = command === 'suspend' || command === 'unsuspend'
  switch (rest.length === (takesUser ? 1 : 0) ? command : undefined) {
    case 'suspend':
      await suspend(checked(Who, rest[0]))
      break
    case 'unsuspend':
      await unsuspend(checked(Who, rest[0]))
      break
    case 'unused-uploads':
      await unusedUploads(checked(UnusedOptions, values))
      break
    case 'people':
      await people(checked(PeopleOptions, values))
      break
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
