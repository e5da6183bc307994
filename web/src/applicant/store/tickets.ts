/** Tickets that this page has seen: the call page begins with what the waiting page knew, and fetches the rest behind that. */
import { getTicket } from '@/api/applicant'
import type { TicketView } from '@/api/types'

let seen: TicketView | null = null

export function knownTicket(id: string): TicketView | null {
  return seen?.ticket.id === id ? seen : null
}

/** The ticket as it is at this moment. Throws `ApiError`. */
export async function fetchTicket(id: string): Promise<TicketView> {
  seen = await getTicket(id)
  return seen
}
