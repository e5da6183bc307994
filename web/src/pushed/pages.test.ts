import { expect, it } from 'vitest'
import { pageOn } from './pages'
import type { PushedView } from './words'

const pushed = (id: string, pages: string[]): PushedView => ({
  id,
  kind: pages.length > 0 ? 'document' : 'link',
  at: '2026-11-25T06:15:00Z',
  opened_at: null,
  host: null,
  url: null,
  title: null,
  file: null,
  pages,
})
const list = [pushed('link', []), pushed('form', ['a', 'b', 'c']), pushed('photo', ['d'])]

it('finds the page that is on the stage', () => {
  const found = pageOn(list, 'b')
  expect([found?.document.id, found?.page, found?.count]).toEqual(['form', 2, 3])
  expect(pageOn(list, 'd')?.count).toBe(1)
})

it('knows no page of another picture, or of an empty stage', () => {
  expect(pageOn(list, 'x')).toBeNull()
  expect(pageOn(list, null)).toBeNull()
})
