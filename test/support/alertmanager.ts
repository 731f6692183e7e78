import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterwards } from './afterwards.ts'
import { debianTool } from './debian-tools.ts'
import { freePort } from './port.ts'
import { soon } from './storytelling.ts'

/** Prometheus's own Alertmanager, which tells a hook of ours what is told to it. */
export interface Alertmanager {
  /** As Prometheus does while a rule holds; with `over`, once it does not any more. */
  alert(name: string, summary: string, over?: boolean): Promise<void>
}

/** Debian's Alertmanager on loopback, without peers; it tells `hook` at once. */
export async function alertmanagerFor(hook: string): Promise<Alertmanager> {
  const program = await debianTool('prometheus-alertmanager', 'prometheus-alertmanager')
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-alertmanager-'))
  const port = await freePort()
  const settings = join(folder, 'alertmanager.yml')
  await writeFile(
    settings,
    JSON.stringify({
      route: { receiver: 'sitrep', group_by: ['alertname'], group_wait: '0s', group_interval: '1s' },
      receivers: [{ name: 'sitrep', webhook_configs: [{ url: hook }] }],
    }),
  )
  const words = [
    `--config.file=${settings}`,
    `--storage.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]
  const child = spawn(program, words, { stdio: 'ignore' })
  const gone = once(child, 'exit')
  afterwards(async () => {
    child.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  await soon(async () => {
    if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('Alertmanager is not ready.')
  })
  const startsAt = new Date(Date.now() - 60_000).toISOString()
  return {
    async alert(name, summary, over = false) {
      const alert = {
        labels: { alertname: name, severity: 'critical' },
        annotations: { summary },
        startsAt,
        ...(over && { endsAt: new Date().toISOString() }),
        generatorURL: 'http://prometheus.example/graph',
      }
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify([alert]) })
      if (!answer.ok) throw new Error(`Alertmanager does not take it: ${await answer.text()}`)
    },
  }
}
