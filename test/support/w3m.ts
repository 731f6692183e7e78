import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { vi } from 'vitest'
import { afterwards } from './afterwards.ts'
import { debianTool } from './debian-tools.ts'

/** A text browser at its terminal. It knows neither script nor styles, neither `formaction` nor `hidden`. */
export interface TextBrowser {
  /** Goes to an address. */
  open(url: string): Promise<void>
  /** Presses the first button or link that reads like this, on the page or after other words. */
  press(text: string, from?: { after: string }): Promise<void>
  /** Marks the radio button or tick before these words. */
  mark(text: string): Promise<void>
  /** Types into the line after this label, the first on the page or after other words. */
  type(label: string, text: string, from?: { after: string }): Promise<void>
  /** Puts a text into the area after this label, by way of the browser's editor. */
  write(label: string, text: string): Promise<void>
  /** Chooses in the list after this label. */
  choose(label: string, option: string): Promise<void>
  /** What stands on the page, as it is read. */
  read(): Promise<string>
}

const [ENTER, TAB, CLEAR] = ['\n', '\t', '\x15']
const BACK_TAB = '\x1b\t'
/** Long enough for a page on a busy machine; asked anew this often, in milliseconds. */
const PATIENCE = { timeout: 30_000, interval: 500 }

/** Debian's w3m in a terminal of its own. Its editor puts in what is to be typed. */
export async function textBrowser(): Promise<TextBrowser> {
  const program = await debianTool('w3m', 'w3m')
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-w3m-'))
  const typed = join(folder, 'typed')
  await writeFile(join(folder, 'start.html'), 'Nothing yet.')
  const options = [
    '-no-mouse',
    '-cookie',
    '-o',
    'confirm_qq=0',
    '-o',
    'ignorecase_search=0',
    '-o',
    `editor=cp ${typed}`,
  ]
  const command = [program, ...options.map((word) => `'${word}'`), join(folder, 'start.html')].join(' ')
  const terminal = spawn('script', ['-qfc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
  })
  const gone = once(terminal, 'exit')
  afterwards(async () => {
    terminal.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  })
  await isUp(terminal.stdout)
  let pages = 0
  const keys = (...all: string[]) => void terminal.stdin.write(all.join(''))
  const save = () => {
    pages += 1
    const file = join(folder, `page-${pages}`)
    keys('S', CLEAR, file, ENTER)
    return file
  }
  /** Has what is shown saved, after everything typed before. What is typed while a page comes may be lost: typed anew. */
  const read = async () => {
    const files: string[] = []
    return vi.waitFor(async () => {
      for (const file of files) {
        const text = await readFile(file, 'utf8').catch(() => '')
        if (text !== '') return text
      }
      files.push(save())
      throw new Error('Nothing is shown yet.')
    }, PATIENCE)
  }
  const find = (text: string, from?: { after: string }) => {
    keys('g', '/', from?.after ?? text, ENTER)
    if (from) keys('/', text, ENTER)
  }
  const done = async (...all: string[]) => {
    keys(...all)
    await read()
  }
  await read()
  return {
    read,
    open: (url) => done('U', CLEAR, url, ENTER),
    press: async (text, from) => {
      find(text, from)
      await done(ENTER)
    },
    mark: async (text) => {
      find(text)
      await done(BACK_TAB, ENTER)
    },
    type: async (label, text, from) => {
      find(label, from)
      await done(TAB, ENTER, CLEAR, text, ENTER)
    },
    write: async (label, text) => {
      await writeFile(typed, text)
      find(label)
      await done(TAB, ENTER)
    },
    choose: async (label, option) => {
      find(label)
      await done(TAB, ENTER, '/', option, ENTER, ENTER)
    },
  }
}

/** What is typed before it shows its first page is lost. */
const isUp = (screen: Readable): Promise<void> =>
  new Promise((resolve) => {
    screen.setEncoding('utf8').on('data', (drawn: string) => drawn.includes('Viewing') && resolve())
  })
