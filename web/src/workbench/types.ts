/** Names for what goes over the wire, out of the generated client; what the document leaves open is narrowed here. */
import type { components, paths } from '@/api/schema'
import type { Guide } from '@/api/types'

type Schemas = components['schemas']

export type { Call, Deployment, Guide, JoinAnswer, Material, Situation } from '@/api/types'

export type Staff = Schemas['StaffView']
export type StaffMe = Schemas['StaffMe']
export type StationChoice = Schemas['StationChoice']

export type Presence = Schemas['PresenceView']
export type Wanted = Presence['wanted']
export type BreakReason = NonNullable<Presence['reason']>
/** A break of two missed rings is the server's to give, not a person's to choose. */
export type ChosenReason = NonNullable<Schemas['PresenceRequest']['reason']>

/** A reason as a code with figures; the sentence is made on the page, in the reader's language. */
export type Fact = Schemas['Fact']
export type Why = Schemas['Why']
export type Offer = Schemas['OfferView']
/** A ring that was missed before the break, and what became of it. */
export type Miss = Schemas['Miss']
export type MissReason = Schemas['MissReasonRequest']['reason']
export type DeclineReason = Schemas['DeclineRequest']['reason']

export type WrapUpRequest = Schemas['WrapUpRequest']
export type NextStep = WrapUpRequest['next_step']
/** As the page keeps it: nothing left out, an outcome not chosen yet is null. */
export type Draft = Omit<Schemas['Draft'], 'outcome'> & { outcome: string | null }
export type CoachingStep =
  paths['/api/sessions/{session_id}/coaching/{step}']['put']['parameters']['path']['step']
export type DeskSession = Omit<Schemas['ClerkSession'], 'draft' | 'coached'> & {
  draft: Draft | null
  coached: { readonly [step in CoachingStep]?: string }
}
export type Unfinished = Omit<Schemas['Unfinished'], 'draft'> & { draft: Draft | null }

export type WorkbenchState = Omit<Schemas['WorkbenchState'], 'session' | 'unfinished'> & {
  session: DeskSession | null
  unfinished: Unfinished[]
}

export type Matter = Schemas['MatterView']
export type AbuseReport = Schemas['AbuseView']
export type BlockReason = Schemas['BlockRequest']['reason']
export type QualityPage = Schemas['QualityPage']
export type QualityRow = Schemas['QualityRow']
export type QualitySide = Schemas['QualitySide']
/** Somebody who could be asked into a call, or handed it. */
export type Candidate = Schemas['Candidate']
/** A desk that a call could be handed to. */
export type TransferDesk = Omit<Schemas['TransferDesk'], 'estimate_minutes'> & {
  estimate_minutes: [number, number] | null
}
export type Today = Schemas['Today']
export type QueueRow = Schemas['QueueRow']
export type Colleague = Schemas['Colleague']
export type TicketDetail = Schemas['TicketCard']
/** A sentence that is often sent, in both languages. */
export type CannedReply = Schemas['CannedReplyView']
/** A way for a session to end; its words are in `store/wrap-up.ts`. */
export type Outcome = Schemas['OutcomeView']
export type PictureView = Schemas['PictureView']
/** A letter that waits, as the list shows it; and as whoever opens it sees it. */
export type LetterRow = Schemas['LetterRow']
export type LetterCard = Omit<Schemas['LetterCard'], 'guide'> & { guide: Guide }
export type LetterAnswered = Schemas['LetterAnswered']
