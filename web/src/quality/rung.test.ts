import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick, shallowReactive } from 'vue'
import type { CallController, Rung } from '@/call'
import { choiceOf, choose, rememberRung } from './rung'

/** What of a controller the ladder needs, under a ladder that the line has taken down. */
function scene(rung: Rung = 'full') {
  const view = shallowReactive({ call: null as { id: string } | null, rung, rungChosen: false })
  const call = {
    view,
    chooseRung: (next: Rung | null) => {
      view.rungChosen = next !== null
      view.rung = next ?? view.rung
    },
  } as unknown as CallController
  rememberRung(call)
  const enter = async (id: string): Promise<void> => {
    view.call = { id }
    await nextTick()
  }
  return { call, view, enter }
}

beforeEach(() => sessionStorage.clear())

describe('a choice of the ladder', () => {
  it('holds for its call over a reload, and not for the next call', async () => {
    const first = scene()
    await first.enter('a')
    choose(first.call, 'voice')
    expect(choiceOf(first.view)).toBe('voice')
    const reloaded = scene()
    await reloaded.enter('a')
    expect(choiceOf(reloaded.view)).toBe('voice')
    await reloaded.enter('b')
    expect(choiceOf(reloaded.view)).toBeNull()
    expect(reloaded.view.rung).toBe('full')
  })

  it('given back to the line begins with the full picture', async () => {
    const { call, view, enter } = scene()
    await enter('a')
    choose(call, 'stills')
    choose(call, null)
    expect([view.rung, view.rungChosen]).toEqual(['full', false])
    const reloaded = scene()
    await reloaded.enter('a')
    expect(reloaded.view.rungChosen).toBe(false)
  })

  it('where the last call ended far down, the next one begins anew', async () => {
    const { view, enter } = scene('stills')
    await enter('b')
    expect(view.rung).toBe('full')
  })
})
