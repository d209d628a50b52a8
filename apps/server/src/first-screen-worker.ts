/** The thread of FirstScreens. */
import { firstScreenOf } from '@tandem/schema/first-screen'
import { FRAGMENT } from '@tandem/schema/version'
import { answerReplays } from './log-thread-program.ts'

await answerReplays((doc) => firstScreenOf(doc.getXmlFragment(FRAGMENT)))
