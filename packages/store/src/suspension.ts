import type { UserId } from '@tandem/sync'
import type { AccountsDatabase } from './open-store.ts'

/**
 * Takes every role from a user, or gives them all back: one transaction with the access versions of all documents in which they have
 * anything, so no edit of theirs enters a log once this has resolved. Better-auth's table has the column (see the server's `SUSPENDED_AT`).
 */
export async function setSuspended(
  { db, type }: AccountsDatabase,
  userId: UserId,
  options: { isSuspended: boolean },
): Promise<void> {
  const at = new Date()
  await db.transaction().execute(async (transaction) => {
    const mine = (['document_access', 'document_visit', 'client_id'] as const).map((table) =>
      transaction
        .selectFrom(table as 'document_visit')
        .select('document_id')
        .where('user_id', '=', userId),
    )
    await transaction
      .updateTable('document')
      .set((document) => ({ access_version: document('access_version', '+', 1) }))
      .where((is) => is.or([is('owner_id', '=', userId), ...mine.map((documents) => is('id', 'in', documents))]))
      .where('deleted_at', 'is', null)
      .execute()
    // As better-auth writes its dates.
    const suspendedAt = !options.isSuspended ? null : type === 'sqlite' ? at.toISOString() : at
    await transaction.updateTable('user').set({ suspendedAt }).where('id', '=', userId).execute()
  })
}
