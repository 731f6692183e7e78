import { openLine, PATIENCE, type SmtpServer } from './smtp-line.ts'

/**
 * Why the mail server does not let us in, in its words or the system's; null when it does. Connects, begins TLS and
 * signs in as for a mail, and sends none.
 */
export async function smtpProblem(server: SmtpServer): Promise<string | null> {
  try {
    const line = await openLine(server, PATIENCE, AbortSignal.timeout(PATIENCE.attempt))
    line.close()
    return null
  } catch (error) {
    const { code, response, message } = error as { code?: string; response?: string; message: string }
    return `${response ?? message}${code ? ` (${code})` : ''}`
  }
}
