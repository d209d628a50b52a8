import type { DocumentId } from '@tandem/sync'

export interface Invite {
  readonly inviteId: string
  readonly secret: string
}

const INVITE = /^invite=([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})$/

/** An invite link's address. Its secret stands behind the #, which a browser sends to nobody: not to the server, not to its logs. */
export function inviteAddress(documentId: DocumentId, { inviteId, secret }: Invite, base: string): string {
  return new URL(`/d/${documentId}#invite=${inviteId}.${secret}`, base).href
}

/** What an address has behind its #, if that is an invite. */
export function inviteIn(hash: string): Invite | undefined {
  const [, inviteId, secret] = INVITE.exec(hash.replace(/^#/, '')) ?? []
  return inviteId === undefined || secret === undefined ? undefined : { inviteId, secret }
}
