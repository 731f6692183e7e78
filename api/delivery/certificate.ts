import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

/** Where a certificate and its key lie, as PEM: the chain as it is shown, the server's own certificate first. */
export interface CertificateFiles {
  certFile: string
  keyFile: string
}

export interface Certificate {
  cert: Buffer
  key: Buffer
}

/** A certificate that is looked at again when it is wanted. */
export interface RenewableCertificate {
  current: Certificate
  /** The one that has taken its place since it was asked last; null when it is the same. Throws where that is of no use. */
  renewed(): Certificate | null
}

/** Reads a certificate. Throws where it is none, or its key is another's. */
export function openCertificate(files: CertificateFiles): RenewableCertificate {
  let seen = stampOf(files)
  return {
    current: read(files),
    renewed() {
      const stamp = stampOf(files)
      if (stamp === seen) return null
      seen = stamp
      return read(files)
    },
  }
}

function read({ certFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  createSecureContext(certificate)
  return certificate
}

/** Changes with either file, also where a link leads to another file from now on. */
const stampOf = ({ certFile, keyFile }: CertificateFiles): string =>
  [certFile, keyFile]
    .map((file) => statSync(file))
    .map(({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`)
    .join(' ')
