import type { Role } from '@tandem/sync'

/** What the page offers. A commenter can be made over the API; until there are comments, that is somebody who can view. */
export type OfferedRole = 'editor' | 'viewer'
export type GivenRole = Exclude<Role, 'owner'>

export const ROLE_CHOICES = [
  { value: 'editor', label: 'Can edit' },
  { value: 'viewer', label: 'Can view' },
] as const satisfies readonly { value: OfferedRole; label: string }[]

/** What somebody who has no access can ask for. */
export const ROLE_REQUESTS = [
  { value: 'editor', label: 'To edit' },
  { value: 'viewer', label: 'To view' },
] as const satisfies readonly { value: OfferedRole; label: string }[]

export const GENERAL_CHOICES = [
  { value: 'editor', label: 'Anybody with the address can edit' },
  { value: 'viewer', label: 'Anybody with the address can view' },
  { value: 'nobody', label: 'Only people who were given a role' },
] as const satisfies readonly { value: OfferedRole | 'nobody'; label: string }[]

const DAY_MS = 24 * 3600 * 1000

export const EXPIRY_CHOICES = [
  { value: 'day', label: 'For a day', ms: DAY_MS },
  { value: 'week', label: 'For a week', ms: 7 * DAY_MS },
  { value: 'month', label: 'For 30 days', ms: 30 * DAY_MS },
  { value: 'always', label: 'Until revoked', ms: null },
] as const
export type Expiry = (typeof EXPIRY_CHOICES)[number]['value']

export function offered(role: GivenRole): OfferedRole {
  return role === 'editor' ? 'editor' : 'viewer'
}

export function roleWords(role: Role): string {
  if (role === 'owner') return 'Owner'
  return role === 'editor' ? 'Can edit' : 'Can view'
}

export function generalWords(linkRole: GivenRole | null): string {
  const value = linkRole === null ? 'nobody' : offered(linkRole)
  return GENERAL_CHOICES.find((choice) => choice.value === value)?.label ?? ''
}

/** What general access means for those who are not in the list, in a sentence. */
export function generalDetail(linkRole: GivenRole | null): string {
  return linkRole === null
    ? 'Everybody else who opens the address is told that they have no access.'
    : 'No account is needed: whoever opens the address is in.'
}

/** Said below somebody whose own role is not all that they can do. */
export function moreByAddress(own: GivenRole, linkRole: GivenRole | null): string | undefined {
  if (linkRole === null || offered(linkRole) !== 'editor' || offered(own) === 'editor') return undefined
  return 'Can edit all the same: anybody with the address can'
}

/** To the one who asks. */
export function askedWords(role: OfferedRole): string {
  return role === 'editor' ? 'You asked to edit this document' : 'You asked to view this document'
}

/** To the owner, of the one who asks. */
export function wishWords({ role, isGuest }: { role: OfferedRole; isGuest: boolean }): string {
  const wish = role === 'editor' ? 'to edit' : 'to view'
  return isGuest ? `Guest on one device, asks ${wish}` : `Asks ${wish}`
}

/** How many ask, where there is little room; undefined: nobody does, or an older node does not say. */
export function requestsWords(count: number | undefined): string | undefined {
  if (count === undefined || count === 0) return undefined
  return count === 1 ? '1 person asks for access' : `${count} people ask for access`
}

/** What removing somebody does, and what it cannot do. */
export function removalWords(name: string, linkRole: GivenRole | null): string {
  const gone = `${name} is out at once, and cannot come back as ${name}, neither by the address nor by an invite link. What they have not saved stays with them as a copy.`
  if (linkRole === null) return gone
  return `${gone} General access stays as it is: anybody with the address can still open the document, so as another guest they could, too.`
}

/** What becomes of a document whose owner is known by one browser alone. */
export function handOverWords(name: string, isGuest: boolean): string {
  const words = `${name} decides from then on who may open the document, and can delete it. You stay, and can edit. Only ${name} can give it back.`
  return isGuest
    ? `${words} ${name} is a guest on one device: if that browser forgets them, nobody can manage the document.`
    : words
}

export interface ListedInvite {
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly isExpired: boolean
  readonly uses: number
}

/** When an invite link was made, how long it lasts and how many it let in. `day` writes a time as a day. */
export function inviteWords(invite: ListedInvite, day: (atMs: number) => string): string {
  const { createdAt, expiresAt, isExpired, uses } = invite
  const ends =
    expiresAt === null ? 'until revoked' : isExpired ? `expired ${day(expiresAt)}` : `expires ${day(expiresAt)}`
  const used = uses === 0 ? 'not used yet' : uses === 1 ? 'used by 1 person' : `used by ${uses} people`
  return `Made ${day(createdAt)}, ${ends}, ${used}`
}
