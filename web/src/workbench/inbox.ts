/** The rows of 留言和回呼 in their order: what is due first comes first. Pure. */
import type { LetterRow, QueueRow } from './types'

/** Letters that are due at the same instant; those whose time is over are one group, the first. */
export interface DueGroup {
  overdue: boolean
  due_at: string
  rows: LetterRow[]
}
const at = (iso: string): number => Date.parse(iso)

export const isOverdue = (row: Pick<LetterRow, 'due_at'>, now: number): boolean => at(row.due_at) <= now

export function groupByDue(rows: readonly LetterRow[], now: number): DueGroup[] {
  const groups: DueGroup[] = []
  for (const row of [...rows].sort((a, b) => at(a.due_at) - at(b.due_at))) {
    const overdue = isOverdue(row, now)
    const last = groups[groups.length - 1]
    const fits = last?.overdue === overdue && (overdue || at(last.due_at) === at(row.due_at))
    if (fits) last.rows.push(row)
    else groups.push({ overdue, due_at: row.due_at, rows: [row] })
  }
  return groups
}

/** The colleague who answers it now; a hold lapses by itself, without a word of the server. */
export function holderOf(row: LetterRow, now: number): string | null {
  if (row.holder === null || row.held_by_me || row.held_until === null) return null
  return at(row.held_until) > now ? row.holder : null
}

/** The one to answer next: nobody else has it. */
export const nextOf = (rows: readonly LetterRow[], now: number): LetterRow | null =>
  rows.find((row) => holderOf(row, now) === null) ?? null

/** Something to do in a free moment, and by when. */
export type Todo<Agreed extends QueueRow = QueueRow> =
  | { kind: 'letter'; id: string; at: string; row: LetterRow }
  | { kind: 'callback'; id: string; at: string; row: Agreed }

export function todoOf<Agreed extends QueueRow>(
  letters: readonly LetterRow[],
  callbacks: readonly Agreed[],
): Todo<Agreed>[] {
  return [
    ...letters.map((row) => ({ kind: 'letter', id: row.letter_id, at: row.due_at, row }) as const),
    ...callbacks.flatMap((row) =>
      row.callback_at === null
        ? []
        : [{ kind: 'callback', id: row.ticket_id, at: row.callback_at, row } as const],
    ),
  ].sort((a, b) => at(a.at) - at(b.at))
}
