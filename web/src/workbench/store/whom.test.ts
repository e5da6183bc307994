import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Candidate } from '../types'

vi.mock('./desk', () => ({
  call: { view: { call: null, phase: 'idle' } },
  ticket: { value: null },
  offer: { value: null },
  whileLeaving: (act: () => Promise<void>) => act(),
}))
vi.mock('./acts', () => ({ lastRing: { value: null } }))
vi.mock('./invite', () => ({ isFull: { value: false }, isGuest: { value: false } }))
let whom: typeof import('./whom')
beforeAll(async () => {
  whom = await import('./whom')
})

const one = (staff_id: string, state: Candidate['state'], more: Partial<Candidate> = {}): Candidate => ({
  staff_id,
  name: staff_id,
  organisation: 'o',
  desk: 'a',
  expert: false,
  level: 2,
  state,
  answer: null,
  answer_reason: null,
  ...more,
})

describe('whom a call goes to', () => {
  it('proposes the first who can come and has not just refused', () => {
    const people = [one('1', 'busy'), one('2', 'ready', { answer: 'declined' }), one('3', 'ready')]
    expect(whom.proposed(people, [], 'invite')).toBe('person:3')
    expect(whom.proposed(people.slice(0, 2), [], 'invite')).toBe('person:2')
    expect(whom.proposed(people.slice(0, 1), [], 'invite')).toBeNull()
  })
  it('hands on to who is in the call already, whom it does not invite', () => {
    const people = [one('1', 'here')]
    expect(whom.proposed(people, [], 'transfer')).toBe('person:1')
    expect(whom.proposed(people, [], 'invite')).toBeNull()
  })
  it('lists the desks of who may be asked in, with who is free there', () => {
    const people = [one('1', 'busy'), one('2', 'ready'), one('3', 'off', { desk: 'b' }), one('4', 'here')]
    const desks = whom.desksOf(people)
    expect(desks.map(({ name, free, present, may }) => [name, free, present, may])).toEqual([
      ['a', 1, 3, true],
      ['b', 0, 0, false],
    ])
    expect(whom.proposed(people.slice(2, 3), desks, 'invite')).toBe('desk:a')
  })
})
