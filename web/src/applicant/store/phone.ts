/** The 11 digits of a mobile number of the mainland, however it was typed (spaces, dashes, +86), or null. */
export function localPhone(typed: string): string | null {
  const digits = typed.replace(/[\s\-()（）]/g, '').replace(/^(\+|00)?86(?=1\d{10}$)/, '')
  return /^1\d{10}$/.test(digits) ? digits : null
}
