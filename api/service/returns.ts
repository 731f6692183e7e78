import { BadSettings, type Config } from '../config.ts'
import { startBounceReceiver } from '../delivery/bounce-receiver.ts'
import { type CertificateFiles, openCertificate, type RenewableCertificate } from '../delivery/certificate.ts'
import type { Envelope } from '../delivery/returned-mail.ts'
import { openSenderProof } from '../delivery/sender-proof.ts'
import { openSns } from '../delivery/sns.ts'
import { takeReturnedMail } from '../http/take-reports.ts'
import type { Returns, World } from '../http/world.ts'

/** The ways that the settings open to those who tell what became of our mails, and to staff who answer one. */
export const returnsOf = ({ bounces, secrets }: Config, nameServers: readonly string[] | null): Returns => ({
  bounceDomain: bounces.domain,
  inboundMailKey: secrets.inboundMailKey,
  ses: bounces.sesTopicArn === null ? null : openSns(bounces.sesTopicArn, fetch),
  sendgridPublicKey: bounces.sendgridPublicKey,
  postmarkHookKey: secrets.postmarkHookKey,
  proveSender: openSenderProof(nameServers),
})

/** Opens the receiver of BOUNCE_SMTP_PORT where pages are served; answers the way to close it. */
export async function openBounceReceiver(config: Config, world: World): Promise<() => Promise<void>> {
  const { domain, smtpPort, tls } = config.bounces
  if (smtpPort === null || domain === null || !config.roles.web) return async () => {}
  const take = (raw: Buffer, envelope: Envelope) => takeReturnedMail(world, raw, envelope)
  const receiver = await startBounceReceiver({
    host: config.listen.host,
    port: smtpPort,
    domain,
    certificate: tls && certificateIn(tls),
    log: world.log,
    take,
  }).catch((error: NodeJS.ErrnoException) => {
    throw new BadSettings([{ setting: 'BOUNCE_SMTP_PORT', message: `${smtpPort} cannot be used: ${whyNot(error)}` }])
  })
  return () => receiver.close()
}

function certificateIn(files: CertificateFiles): RenewableCertificate {
  try {
    return openCertificate(files)
  } catch (error) {
    const message = `it does not go with BOUNCE_TLS_KEY_FILE, or one of both is no PEM: ${(error as Error).message}`
    throw new BadSettings([{ setting: 'BOUNCE_TLS_CERT_FILE', message }])
  }
}

const whyNot = ({ code }: NodeJS.ErrnoException): string =>
  code === 'EADDRINUSE'
    ? 'another program has it'
    : code === 'EACCES'
      ? 'this user may not listen there; use one above 1023'
      : (code ?? 'the system refuses')
