import { describe, expect, it } from 'vitest'
import { routes } from './routes'
import { states } from './states'

describe('the table of states', () => {
  it('has every route, and no route that does not exist', () => {
    const named = routes.map((route) => String(route.name)).sort()
    expect([...new Set(states.map((shot) => shot.route))].sort()).toEqual(named)
  })
  it('names each state once', () => {
    const names = states.map((shot) => `${shot.route}/${shot.state}`)
    expect(new Set(names).size).toBe(names.length)
  })
})
