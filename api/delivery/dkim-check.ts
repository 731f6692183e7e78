import { createPrivateKey } from 'node:crypto'
import DKIM from 'nodemailer/lib/dkim'
import { type DkimSettings, dkimOptions } from './email.ts'

const SAMPLE = 'From: a@example.com\r\nTo: b@example.com\r\nSubject: sample\r\n\r\nsample\r\n'

/**
 * What is wrong with the DKIM settings, in a sentence; null when a sample was signed with them. Without this a bad key
 * would make every mail leave unsigned, with no error (standards T0.2, E32).
 */
export async function dkimProblem(dkim: DkimSettings): Promise<string | null> {
  try {
    const key = createPrivateKey(dkim.privateKey)
    if (key.asymmetricKeyType !== 'rsa')
      return 'The DKIM key must be an RSA key; other kinds would leave mail unsigned.'
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024) return 'The DKIM key is shorter than 1024 bits.'
    const signed = /^DKIM-Signature:.*\bb=\s*[A-Za-z0-9+/]{40}/s.test(await signedSample(dkim))
    return signed ? null : 'The DKIM key did not sign a sample message.'
  } catch {
    return 'The DKIM key could not be read; it must be an RSA key in PEM form.'
  }
}

async function signedSample(dkim: DkimSettings): Promise<string> {
  const signed = new DKIM(dkimOptions(dkim)).sign(SAMPLE, {})
  let text = ''
  for await (const chunk of signed) text += chunk
  return text
}
