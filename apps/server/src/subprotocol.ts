/** What a socket that brings a ticket speaks: `new WebSocket(url, ['tandem', 'ticket.' + ticket])`. */
export const SUBPROTOCOL = 'tandem'

const WITH_TICKET = /^tandem *, *ticket\.([A-Za-z0-9_-]{43})$/

/**
 * The ticket in a `Sec-WebSocket-Protocol` header: the only header that a page may fill in itself, and one that nobody logs.
 * Undefined for anything but our subprotocol with a ticket.
 */
export function offeredTicket(header: string): string | undefined {
  return WITH_TICKET.exec(header)?.[1]
}
