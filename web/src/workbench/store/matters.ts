/** What the session is about: the ticket's matter first, then those opened beside it; which one the side panel shows. */
import { computed, ref, shallowRef, watch } from 'vue'
import { explain } from '@/api/problems'
import * as api from '../api'
import type { Guide, Matter, TicketDetail } from '../types'
import { reloadTicket, session, state, ticket } from './desk'

export const matters = computed<readonly Matter[]>(() => state.value?.matters ?? [])
const chosenId = ref<string | null>(null)
export const chosen = computed(
  () => matters.value.find((one) => one.id === chosenId.value) ?? matters.value[0] ?? null,
)
export const isFirst = computed(() => chosen.value === null || chosen.value === matters.value[0])
/** Why the last change was refused; the sentence to show. */
export const matterProblem = ref<string | null>(null)
/** Guides of further matters by their version. */
const guides = shallowRef<Record<string, Guide>>({})

/** The ticket as the side panel shows it: with the guide of the matter that is looked at. Null while that is fetched. */
export const about = computed<TicketDetail | null>(() => {
  const [known, one] = [ticket.value, chosen.value]
  if (known === null || one === null || isFirst.value) return known
  const guide = guides.value[one.version_id]
  if (guide === undefined) return null
  return { ...known, item_key: one.item_key, item_name: one.item_name, guide, answers: [] }
})

export function choose(id: string): void {
  chosenId.value = id
}

watch(
  () => [matters.value[0]?.version_id, ticket.value?.guide.version_id, session.value?.state] as const,
  ([now, shown, at]) => {
    if (at === 'open' && now !== undefined && shown !== undefined && now !== shown) void reloadTicket()
  },
)
watch(chosen, async (one) => {
  const id = session.value?.id
  if (one === null || id === undefined || isFirst.value || guides.value[one.version_id] !== undefined) return
  try {
    const guide = await api.getMatterGuide(id, one.id)
    guides.value = { ...guides.value, [guide.version_id]: guide }
  } catch (error) {
    matterProblem.value = explain(error)
  }
})
watch(
  () => session.value?.id,
  () => {
    chosenId.value = matterProblem.value = null
  },
)

async function ask(act: (session: string) => Promise<Matter[]>): Promise<Matter[] | null> {
  const id = session.value?.id
  if (id === undefined) return null
  matterProblem.value = null
  try {
    const fresh = await act(id)
    if (state.value !== null && session.value?.id === id) state.value = { ...state.value, matters: fresh }
    return fresh
  } catch (error) {
    matterProblem.value = explain(error)
    return null
  }
}

/** A further matter; it is what the clerk looks at next. */
export async function openMatter(item: string): Promise<boolean> {
  const fresh = await ask((id) => api.openMatter(id, item))
  const opened = fresh?.find((one) => one.item_key === item)
  if (opened !== undefined) choose(opened.id)
  return opened !== undefined
}

export async function changeMatter(matter: string, item: string): Promise<boolean> {
  return (await ask((id) => api.changeMatter(id, matter, item))) !== null
}

export async function removeMatter(matter: string): Promise<void> {
  await ask((id) => api.removeMatter(id, matter))
}
