/** The server's problem codes with their sentences in both languages, as its OpenAPI document carries them. */
import type { Message } from '@/i18n'

export const serverProblems: Record<string, Message> = {}
