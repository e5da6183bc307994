/** What the pages of somebody who waits do when the turn comes: get ready while it rings, then go to the call. */
import { watch } from 'vue'
import { useRouter } from 'vue-router'
import type { Ticket } from '@/api/types'
import { state } from './person'

/** Devices are opened and the offer is made while it rings, so that the picture is there at once. */
async function makeReady(): Promise<void> {
  const { theCall } = await import('./call')
  const call = theCall()
  await call.openDevices()
  call.prepare()
  // what the call page is made of, so that nothing is fetched when it is the turn
  void import('../pages/Call.vue')
  void import('../call/CallChat.vue')
  void import('../call/ChatButton.vue')
}

/** Follows a ticket while the page is there. It may ring before that: a clerk who waits is rung as soon as it is taken. */
export function useTurn(ticket: () => Ticket | null): void {
  const router = useRouter()
  async function takeTurn(id: string, was: string | undefined): Promise<void> {
    if (was !== undefined) void import('@/call/ring').then((ring) => ring.chime())
    await router.replace(`/call/${id}`)
  }
  watch(
    () => ticket()?.state,
    (is, was) => {
      const one = ticket()
      if (is === 'ringing') void makeReady()
      if (is === 'serving' && one !== null) void takeTurn(one.id, was)
    },
    { immediate: true },
  )
}

/**
 * The same on a page that is not about the number: one that waited here, or that the page was opened `about`, is followed; a
 * call that goes on already is not.
 */
export function useTurnOfWaiting(about: string | null = null): void {
  let waited = about
  useTurn(() => {
    const one = state.value?.ticket ?? null
    if (one === null || one.state === 'closed') return null
    if (one.state !== 'serving') waited = one.id
    return one.id === waited ? one : null
  })
}
