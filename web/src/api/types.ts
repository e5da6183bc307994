/** Names for what goes over the wire, out of the generated client; what the document leaves open is narrowed here. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Deployment = Schemas['DeploymentView']
export type Region = Schemas['RegionChoice']
export type Item = Schemas['ItemSummary']
export type Guide = Schemas['Guide']
export type Availability = Schemas['Availability']
export type Duty = Omit<Schemas['Duty'], 'estimate_minutes'> & { estimate_minutes: [number, number] | null }
export type Material = Schemas['Material']
export type Situation = Schemas['Situation']
export type SituationOption = Schemas['SituationOption']

/** One language of the notice: its facts in rows, then the full text, paragraphs apart by a line break. */
export interface ConsentLanguage {
  title: string
  rows: [label: string, text: string][]
  body: string
}
/** The document says only that `zh` and `en` are objects. */
export type ConsentText = Omit<Schemas['ConsentTextView'], 'zh' | 'en'> & {
  zh: ConsentLanguage
  en: ConsentLanguage
}
export type RatingLevel = Schemas['RatingLevel']

export type Account = Schemas['AccountView']
export type DeviceLink = Schemas['DeviceLinkView']
export type OutboxMessage = Schemas['OutboxMessage']
export type Me = Schemas['ApplicantMe']
export type ApplicantState = Schemas['ApplicantState']
export type Cursor = Schemas['Cursor']
export type Ticket = Schemas['TicketView']
export type TicketView = Schemas['TicketPage']
export type Place = Schemas['PlaceView']
export type CallbackOffer = Schemas['CallbackOffer']
export type ClerkPlate = Schemas['ClerkCard']
export type Session = Schemas['ApplicantSession']
export type SessionView = Schemas['SessionSummary']
export type Call = Schemas['CallView']
export type Rating = Schemas['RatingView']
/** ICE servers are whatever a browser takes. */
export type JoinAnswer = Omit<Schemas['Joined'], 'ice_servers'> & { ice_servers: RTCIceServer[] }
export type LetterTerms = Schemas['LetterTerms']
export type LetterMark = Schemas['LetterMark']
export type LetterRequest = Schemas['LetterRequest']
export type LetterView = Schemas['LetterView']
