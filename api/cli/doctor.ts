import { machineNow } from '../clock.ts'
import { type Finding, findingLines, isSound } from '../domain/finding.ts'
import type { Command } from './command.ts'
import { examineDatabase } from './doctor/database.ts'
import { examineHouse, examineHub, examineTargets } from './doctor/house.ts'
import { examineMail } from './doctor/mail.ts'
import { realNames } from './doctor/names.ts'
import type { Patient } from './doctor/patient.ts'
import { examineSms } from './doctor/sms.ts'

export const doctorCommand: Command = {
  name: 'doctor',
  usage: '',
  summary:
    'Examine database, mail, names, SMS, page, disks and clocks; changes and sends nothing. Exit 1 if anything fails',
  options: {},
  unmigrated: true,
  async run(_acting, _typed, { config, db }) {
    const findings = await examine({ config, db, names: realNames(), machineNow })
    const sound = isSound(findings)
    return { text: findingLines(findings).join('\n'), json: { ok: sound, findings }, failed: !sound }
  },
}

/** Everything that can be found out without changing or sending anything. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const database = await examineDatabase(patient)
  const usable = database.some(({ check, level }) => check === 'schema' && level === 'ok')
  return [
    ...database,
    ...(usable ? [...(await examineTargets(patient)), ...(await examineHub(patient))] : []),
    ...(await examineMail(patient)),
    ...(usable ? await examineSms(patient) : []),
    ...(await examineHouse(patient)),
  ]
}
