import { describe, expect, it } from 'vitest'
import { at, queue } from '../../shots/desk'
import { first, held, many, rows } from '../../shots/inbox'
import { NOW } from '../../shots/place'
import { groupByDue, holderOf, isOverdue, nextOf, todoOf } from './inbox'

const now = Date.parse(NOW)
const ids = (group: { rows: { letter_id: string }[] } | undefined) => group?.rows.map((row) => row.letter_id)

describe('the list of letters', () => {
  it('has what is overdue first, then one group for each time they are due', () => {
    const groups = groupByDue([...rows, ...many.slice(0, 1)], now)
    expect(groups.map(({ overdue, due_at }) => [overdue, due_at])).toEqual([
      [true, at(-3900)],
      [false, at(9900)],
      [false, at(96_300)],
    ])
    expect(ids(groups[1])).toEqual([first.letter_id, 'l2', 'l3'])
  })
  it('gathers all that is overdue, whenever it was due', () => {
    const groups = groupByDue([first, { ...first, due_at: at(-10) }, { ...first, due_at: at(-90_000) }], now)
    expect(groups.map(({ rows: of }) => of.length)).toEqual([2, 1])
    expect(groupByDue([], now)).toEqual([])
  })
  it('lets the time run: what is due now is overdue', () => {
    expect(isOverdue(first, Date.parse(first.due_at) - 1)).toBe(false)
    expect(groupByDue(rows, Date.parse(first.due_at))[0]?.overdue).toBe(true)
  })
})

describe('who answers a letter', () => {
  it('is a colleague until the hold lapses, and never me', () => {
    expect(holderOf({ ...first, ...held }, now)).toBe('张鹏')
    expect(holderOf({ ...first, ...held }, Date.parse(held.held_until))).toBeNull()
    expect(holderOf({ ...first, ...held, held_by_me: true }, now)).toBeNull()
    expect(holderOf(first, now)).toBeNull()
  })
  it('leaves the first that nobody else has', () => {
    expect(nextOf([{ ...first, ...held }, ...rows.slice(1)], now)?.letter_id).toBe('l2')
    expect(nextOf([{ ...first, ...held }], now)).toBeNull()
  })
})

describe('what can be done in a free moment', () => {
  it('is sorted by when it is due, letters and callbacks together', () => {
    const todo = todoOf(many, queue)
    expect(todo.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'letter l0',
      'callback t6',
      'callback t7',
      `letter ${first.letter_id}`,
      'letter l2',
      'letter l3',
      'letter l4',
    ])
  })
})
