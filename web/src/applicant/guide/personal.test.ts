import { describe, expect, it } from 'vitest'
import type { Guide, Material, Situation } from '@/api/types'
import { liveAnswers, openQuestions, personalList, settled, shortAnswer, unanswered } from './personal'

const material = (key: string, always: boolean, form_note: string | null = null): Material => ({
  key,
  material_name: key,
  material_type: '1',
  is_need: '1',
  page_num: 1,
  always,
  source_explain: null,
  shareable_by: null,
  accept_stand: '',
  example_note: null,
  form_note,
  review_points: [],
})
const option = (id: string, more: Partial<Situation['options'][number]> = {}) => ({
  id,
  say: id,
  adds: [],
  skips: [],
  then: [],
  ...more,
})

const kind: Situation = {
  id: 'kind',
  ask: '哪一类',
  options: [option('low'), option('disabled', { adds: ['disability'] })],
}
const group: Situation = {
  id: 'group',
  ask: '困难群体',
  options: [option('no'), option('yes', { then: [kind] })],
}
const situations: Situation[] = [
  {
    id: 'home',
    ask: '户口',
    options: [option('here', { adds: ['household'] }), option('permit', { adds: ['permit'], skips: ['id'] })],
  },
  group,
]
const guide: Pick<Guide, 'materials' | 'situations'> = {
  situations,
  materials: [
    material('id', true),
    material('form', true, '一起填'),
    material('household', false),
    material('permit', false),
    material('disability', false),
  ],
}
const brought = (answers: Record<string, string>): string[] =>
  personalList(guide, answers).bring.map((one) => one.key)

describe('the personal list', () => {
  it('starts with what everyone needs; the form filled in together has no tick', () => {
    expect(brought({})).toEqual(['id'])
    expect(personalList(guide, {}).together.map((one) => one.key)).toEqual(['form'])
  })
  it('adds and skips by the answers', () => {
    expect(brought({ home: 'here' })).toEqual(['id', 'household'])
    expect(brought({ home: 'permit' })).toEqual(['permit'])
  })
  it('counts a nested answer only while its branch is chosen', () => {
    expect(brought({ group: 'yes', kind: 'disabled' })).toEqual(['id', 'disability'])
    expect(brought({ group: 'no', kind: 'disabled' })).toEqual(['id'])
    expect(liveAnswers(situations, { group: 'no', kind: 'disabled' })).toEqual({ group: 'no' })
  })
})

describe('the questions', () => {
  it('open below the answer that leads to them', () => {
    expect(openQuestions(situations, { group: 'yes' }).map((one) => one.id)).toEqual([
      'home',
      'group',
      'kind',
    ])
    expect(unanswered(situations, { group: 'yes', home: 'here' }).map((one) => one.id)).toEqual(['kind'])
  })
  it('are settled with their follow-ups only', () => {
    expect(settled(group, { group: 'yes' })).toBe(false)
    expect(settled(group, { group: 'yes', kind: 'low' })).toBe(true)
  })
  it('ignore an answer that the guide no longer has', () => {
    expect(unanswered(situations, { home: 'gone', group: 'no' }).map((one) => one.id)).toEqual(['home'])
  })
})

describe('shortAnswer', () => {
  it('leaves out the explanation', () => {
    expect(shortAnswer('在许昌市（哪个县区都可以）')).toBe('在许昌市')
    expect(shortAnswer('（空）')).toBe('（空）')
  })
})
