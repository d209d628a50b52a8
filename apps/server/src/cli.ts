import { parseArgs } from 'node:util'
import { PersonName } from '@tandem/api'
import { openAccounts } from '@tandem/store'
import { z } from 'zod'
import { openAuth } from './auth.ts'
import { readConfig } from './config.ts'
import { createLog, safeMessage } from './log.ts'

const USAGE = `pnpm tandem token --user <email> [--name <name>]

  Prints a token for scripts that act as this user, who is created when there is none.
  Scripts hand it to createClient({ url, token }). It is shown once: only its hash is kept.
  Reads the same settings as the node (DATA_DIR or DATABASE_URL, SECRET_KEY).`

const Options = z.strictObject({
  user: z.email('--user must be an email address, like ann@example.org'),
  name: PersonName.optional(),
})

/** Prints the token on stdout and everything else on stderr, so that a script can take it. */
async function token(options: z.infer<typeof Options>): Promise<void> {
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
    const issued = await auth.issueToken(options.user, options.name)
    console.error(`${issued.created ? 'New user' : 'User'} ${options.user}, called ${issued.user.name}.`)
    console.log(issued.token)
  } finally {
    await accounts.close()
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { user: { type: 'string' }, name: { type: 'string' } },
  })
  const options = Options.safeParse(values)
  if (positionals.join(' ') !== 'token' || !options.success) {
    throw new Error([...(options.error?.issues ?? []).map(({ message }) => message), USAGE].join('\n'))
  }
  await token(options.data)
} catch (error) {
  console.error(safeMessage(error))
  process.exitCode = 1
}
