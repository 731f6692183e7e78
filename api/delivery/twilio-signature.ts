import twilio from 'twilio'

/**
 * Whether a form post to one of our hooks was signed by Twilio (standards S11, S12). `path` is the request's path with
 * its query as it came; the host is the configured one, never what the request claims. Parameters go in untrimmed.
 */
export function isSignedByTwilio(
  authToken: string,
  apiUrl: string,
  path: string,
  params: Record<string, string>,
  signature: string | undefined,
): boolean {
  return signature !== undefined && twilio.validateRequest(authToken, signature, `${apiUrl}${path}`, params)
}
