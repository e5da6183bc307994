/** What one message may hold, said before it is sent; the server counts the same and has the last word. */
import { ApiError } from '@/api/http'
import type { Limits } from './types'

const MEBIBYTE = 1_048_576
/** What may be chosen: an iPhone turns its HEIC photos into JPEG by itself when it is asked for this. */
export const ACCEPTED = 'image/jpeg,image/png,image/webp,.jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx'
export const ACCEPTED_PICTURES = 'image/jpeg,image/png,image/webp'

/** Characters as the server counts them: a rare letter or a face is one, blanks at the ends are none. */
export const lengthOf = (text: string): number => Array.from(text.trim()).length

const STEPS = [0, 10, 50, 100]
/** The step that `left` characters have come down to, within `near`: heard once at each, not with every letter. */
export const spokenStep = (left: number, near: number): number => STEPS.find((step) => left <= step) ?? near

/** Why this file cannot be sent, so that nobody waits for an upload that will be refused; null when it may be. */
export function refusalOf(file: File, limits: Limits | null): ApiError | null {
  if (file.size === 0) return new ApiError('file_empty', 422)
  if (/^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name))
    return new ApiError('picture_heic', 415)
  if (limits !== null && file.size > limits.file_mb * MEBIBYTE)
    return new ApiError('file_too_large', 413, { limit_mb: limits.file_mb })
  return null
}

/** `2.4 MB`, `310 KB`: never 0. */
export function sizeOf(bytes: number): string {
  if (bytes < MEBIBYTE) return `${String(Math.max(1, Math.round(bytes / 1024)))} KB`
  return `${(bytes / MEBIBYTE).toFixed(1)} MB`
}
