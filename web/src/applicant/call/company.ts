/** Who of the staff is in the call: the clerk who serves, and whoever was asked in. */
import { computed, type ComputedRef } from 'vue'
import type { CallState, CallView, RemoteMedia } from '@/call'

export interface Guest {
  readonly id: string
  readonly name: string
  readonly organisation: string
  readonly face: RemoteMedia | null
}

const faceOf = (view: CallView, participant: string | undefined): RemoteMedia | null =>
  view.remote.find((one) => one.name === 'face' && one.participant === participant) ?? null

/** The clerk's face; before the state document has told who is who, the only one there is. */
export function clerkFace(view: CallView): RemoteMedia | null {
  const clerk = view.call?.participants.find(({ side }) => side === 'clerk')
  return faceOf(view, clerk?.id) ?? (guestsOf(view).length === 0 ? (view.remote.find(isFace) ?? null) : null)
}
const isFace = ({ name }: RemoteMedia): boolean => name === 'face'

/** The clerk who serves, as the call names them. */
export function clerkOf(call: CallState | null): { name: string; organisation: string } | null {
  const { name, organisation } = call?.participants.find(({ side }) => side === 'clerk') ?? {}
  return !name || !organisation ? null : { name, organisation }
}

export function guestsOf(view: CallView): Guest[] {
  if (view.call === null || view.call.state === 'ended') return []
  return view.call.participants
    .filter(({ side }) => side === 'invited')
    .map(({ id, name, organisation }) => ({
      id,
      name: name ?? '',
      organisation: organisation ?? '',
      face: faceOf(view, id),
    }))
}

export const useGuests = (view: CallView): ComputedRef<Guest[]> => computed(() => guestsOf(view))

/** Who is being rung for the call; null: nobody. */
export function useAsked(view: CallView): ComputedRef<{ name: string; organisation: string } | null> {
  return computed(() => {
    if (view.call === null || view.call.state === 'ended') return null
    return view.call.invitations.find(({ state }) => state === 'ringing') ?? null
  })
}
