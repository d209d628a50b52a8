import type { QueryClient } from '@tanstack/react-query'

type Fetched = 'documents' | 'document' | 'shared' | 'request'

/** An answer that is under way may be older than the event, and would hide it: it is waited for, then asked anew. */
export async function refetch(queries: QueryClient, what: Fetched): Promise<void> {
  const queryKey = [what]
  if (queries.isFetching({ queryKey }) > 0) await queries.refetchQueries({ queryKey }, { cancelRefetch: false })
  await queries.invalidateQueries({ queryKey })
}

/** What is shown was just changed here: no answer that was asked for before may undo it. */
export function refetchWhatIsUnderWay(queries: QueryClient): void {
  for (const what of ['documents', 'document'] as const) {
    if (queries.isFetching({ queryKey: [what] }) > 0) void refetch(queries, what)
  }
}
