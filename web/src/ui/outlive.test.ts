import { createApp, nextTick, ref, watch } from 'vue'
import { expect, it } from 'vitest'
import { outlive } from './outlive'

it('goes on watching when the page in whose set-up it was made is gone', async () => {
  const source = ref(0)
  const seen: string[] = []
  const follow = (name: string): void => {
    watch(source, (now) => seen.push(`${name} ${String(now)}`))
  }
  const page = createApp({
    setup() {
      follow('page')
      outlive(() => {
        follow('store')
      })
      return () => null
    },
  })
  page.mount(document.createElement('div'))
  source.value = 1
  await nextTick()
  page.unmount()
  source.value = 2
  await nextTick()
  expect(seen).toEqual(['page 1', 'store 1', 'store 2'])
})
