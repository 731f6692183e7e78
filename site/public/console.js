/**
 * What script adds to the console: the clocks tick, tabs say what is late, drafts are kept, buttons say that they are at
 * work, boards count on. Every screen does its job without it.
 */

/** When the answer came, by this device's clock. */
const answeredAt = Date.now() - performance.now() + (performance.getEntriesByType('navigation')[0]?.responseStart ?? 0)
/** How far this device's clock is behind the server's, in milliseconds. */
const behind = new Date(document.body.dataset.now).getTime() - answeredAt
const serverTime = () => Date.now() + behind

const two = (number) => String(number).padStart(2, '0')

/** The big figure, as the server writes it: "07:42", "−04:10", "1 h 22", "2 d 4 h". */
function figure(left) {
  const seconds = Math.floor(Math.abs(left) / 1000)
  const sign = left < 0 && seconds > 0 ? '−' : ''
  if (seconds >= 86400) return `${sign}${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`
  if (seconds >= 3600) return `${sign}${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))}`
  return `${sign}${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

function spoken(left) {
  const seconds = Math.floor(Math.abs(left) / 1000)
  const units = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds >= 3600 ? 0 : seconds % 60, 'second'],
  ]
  const words = units.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return `${words.join(' ') || '0 seconds'} ${left < 0 ? 'late' : 'left'}`
}

const title = document.title.replace(/^Late: /, '')
const clocks = [...document.querySelectorAll('[data-due]')].map((element) => ({
  element,
  due: new Date(element.dataset.due).getTime(),
  since: element.dataset.since ? new Date(element.dataset.since).getTime() : null,
  place: element.closest('[data-deadline]'),
  last: null,
}))

/** Told to ears at these many minutes before the promise, and at the promise; never each second. */
const TOLD = [
  [300_000, '5 minutes to the promised update.'],
  [60_000, '1 minute to the promised update.'],
  [0, 'The promised update is late.'],
]

function announce(clock, left) {
  const region = clock.place?.querySelector('[data-announce]')
  const told = TOLD.find(([mark]) => clock.last !== null && clock.last > mark && left <= mark)
  if (region && told) region.textContent = told[1]
  clock.last = left
}

/** Words that were true until the promise was broken give way to those that are true from then on. */
function sayLate(place) {
  for (const words of place?.querySelectorAll('[data-late]') ?? []) {
    words.textContent = words.dataset.late
    delete words.dataset.late
  }
}

function tick(clock, now) {
  const left = clock.due - now
  clock.element.textContent = figure(left)
  if (clock.element.hasAttribute('role')) clock.element.setAttribute('aria-label', spoken(left))
  clock.place?.classList.toggle('over', left < 0)
  if (left < 0) sayLate(clock.place)
  clock.place?.classList.toggle('soon', left >= 0 && clock.since !== null && left * 4 <= clock.due - clock.since)
  if (clock.element.hasAttribute('data-title')) document.title = `${figure(left)} ${title}`
  announce(clock, left)
}

/** A held update counts down to its release; a moment later the room is shown anew, unless somebody types in it. */
const held = document.querySelector('[data-leaves]')

function countDown(now) {
  if (!held) return
  const left = new Date(held.dataset.leaves).getTime() - now
  held.closest('section').classList.toggle('going', left <= 0)
  held.textContent = figure(Math.max(0, left))
  const due = left <= -1500 && left > -30_000
  if (due && !document.activeElement?.matches('input, textarea, select')) location.replace(location.pathname)
}

function countLate() {
  const heading = document.querySelector('[data-late-none]')
  if (!heading) return
  const late = document.querySelectorAll('[data-deadline].over').length
  const { lateNone, lateOne, lateMany } = heading.dataset
  const words = late === 0 ? lateNone : late === 1 ? lateOne : lateMany.replace('#', late)
  if (heading.textContent !== words) heading.textContent = words
  document.title = `${late > 0 ? `${late} late, ` : ''}${clocks.length} open – Sitrep`
}

function tickAll() {
  const now = serverTime()
  for (const clock of clocks) tick(clock, now)
  countDown(now)
  countLate()
  const time = document.querySelector('[data-clock]')
  if (time) time.textContent = `${new Date(now).toISOString().slice(11, 19)} UTC`
  promise(now)
}

/**
 * Says which time the page will promise, and offers no interval longer than the cadence, or a reason, allows for what is
 * chosen; asks for the reason where it takes one.
 */
function promise(now) {
  const fieldset = document.querySelector('[data-limits]')
  if (!fieldset) return
  const form = new FormData(fieldset.form)
  const limitIn = (limits = '{}') =>
    JSON.parse(limits)[form.get('severity')]?.[form.get('status') === 'monitoring' ? 'monitoring' : 'open'] ?? null
  const limit = limitIn(fieldset.dataset.limits)
  const furthest = limitIn(fieldset.dataset.extended) ?? limit
  const radios = [...fieldset.querySelectorAll('input[type=radio]')]
  const within = (radio, most) => most === null || (Number(radio.dataset.seconds) <= most && radio.value !== '')
  for (const radio of radios) radio.disabled = !within(radio, furthest)
  if (!radios.some((radio) => radio.checked && !radio.disabled)) {
    const longest = radios.filter((radio) => within(radio, limit)).at(-1)
    if (longest) longest.checked = true
  }
  const reason = fieldset.form.querySelector('[data-extending]')
  if (reason && !reason.querySelector('.error'))
    reason.hidden = radios.every((radio) => !radio.checked || within(radio, limit))
  const seconds = Number(radios.find((radio) => radio.checked)?.dataset.seconds)
  const due = new Date(now + seconds * 1000)
  const words = seconds ? `Posted now, the page promises ${due.toISOString().slice(11, 16)} UTC. ` : ''
  const line = fieldset.querySelector('[data-promise]')
  if (line && line.textContent !== words) line.textContent = words
  tellWait(now)
}

/** An update that waits for a second person goes out by itself so long after it is posted, and before the promise. */
function tellWait(now) {
  for (const time of document.querySelectorAll('[data-waits]')) {
    const before = time.dataset.before ? new Date(time.dataset.before).getTime() - 2000 : Number.POSITIVE_INFINITY
    const leaves = new Date(Math.min(now + Number(time.dataset.waits) * 1000, before))
    time.textContent = leaves.toISOString().slice(11, 19)
  }
}

/** The button says what it does and how many it reaches, by what is chosen. */
function label(form) {
  const button = form.querySelector('[data-labels]')
  if (!button || button.hasAttribute('aria-busy')) return
  const chosen = new FormData(form)
  const kind = chosen.get('page_only') ? 'page_only' : chosen.get('status') === 'resolved' ? 'resolution' : 'update'
  const along = chosen.get('with_briefing') ? (button.dataset.along ?? '') : ''
  button.textContent = JSON.parse(button.dataset.labels)[chosen.get('severity')][kind] + along
}

/** A draft goes out at most this often, in milliseconds. */
const SAVE_EVERY = 5000

/** What stands in a form, without the number that it may be used with once: that is for its own button. */
function typedIn(form) {
  const fields = new URLSearchParams(new FormData(form))
  for (const name of ['once', 'tab']) fields.delete(name)
  return fields
}

async function send(form) {
  const body = new URLSearchParams([['form', form.dataset.draft], ...typedIn(form)])
  const asked = { method: 'POST', body, keepalive: true, redirect: 'manual' }
  const answer = await fetch('/console/drafts', asked).catch(() => null)
  if (answer?.ok) return 'saved'
  return answer?.status === 401 || answer?.type === 'opaqueredirect' ? 'signed_out' : 'failed'
}

/** Whether somebody writes into a form; which preview they look at is not written. */
const isOf = (form, target) => target === form || (target.form === form && target.name !== 'tab')

const SAID = {
  saved: () => `Last saved ${new Date(serverTime()).toISOString().slice(11, 19)}.`,
  signed_out: () => 'Your session has ended. Post all the same: you will sign in and your text is kept.',
  failed: () => 'Not saved: no connection. Your text is still here.',
}

/** Keeps what is typed on the server, so that no closed tab, refusal or ended session loses it. */
function keepDraft(form) {
  let timer = null
  const save = async () => {
    if (timer === null || form.dataset.sent) return
    clearTimeout(timer)
    timer = null
    form.querySelector('[data-saved]').textContent = SAID[await send(form)]()
  }
  document.addEventListener('input', (event) => {
    if (isOf(form, event.target) && timer === null) timer = setTimeout(save, SAVE_EVERY)
  })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save())
}

/** A pending button keeps its width and says what it does; a second press does nothing. */
function guard(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) return event.preventDefault()
    const button = event.submitter
    if (button?.formTarget) return
    form.dataset.sent = 'yes'
    if (!button?.dataset.pending) return
    button.style.width = `${button.getBoundingClientRect().width}px`
    button.said = [...button.childNodes]
    button.replaceChildren(button.dataset.pending)
    button.setAttribute('aria-busy', 'true')
  })
}

/** Coming back with the browser's back button finds the form usable again. */
function wake(form) {
  delete form.dataset.sent
  for (const button of form.querySelectorAll('[aria-busy]')) {
    button.removeAttribute('aria-busy')
    button.style.width = ''
    if (button.said) button.replaceChildren(...button.said)
  }
}

const documentOf = (html) => new DOMParser().parseFromString(html, 'text/html')

/** What comes of pressing a form's button of this name, without leaving the page; null where nobody answers. */
function press(form, button) {
  const body = typedIn(form)
  body.append(button, 'true')
  return fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => null)
}

/** A gap that a person has to fill in, or that fills itself in when it goes out. */
const GAP = /\{\{\s*([^{}\n]*?)\s*\}\}/g

/** Ready words come in place: the same form, filled on the server, of which only the words are taken over. */
function fillInPlace(part) {
  const { form } = part.querySelector('select')
  const body = form.elements.body
  const facts = part.dataset.facts.split(' ')
  const isUntouched = () => body.value.trim() === form.elements.words_used.value.trim()
  const tellGaps = () => {
    const names = [...new Set([...body.value.matchAll(GAP)].map(([, name]) => name))]
    const tell = (line, of) => (line.querySelector('span').textContent = of.map((name) => `{{${name}}}`).join(' '))
    tell(
      part.querySelector('[data-blanks]'),
      names.filter((name) => !facts.includes(name)),
    )
    tell(
      part.querySelector('[data-filled]'),
      names.filter((name) => facts.includes(name)),
    )
  }
  const fill = async () => {
    const before = body.value
    const answer = await press(form, 'use_words')
    const page = answer?.ok ? documentOf(await answer.text()) : null
    part.querySelector('[data-unready]').textContent = page ? '' : part.dataset.unanswered
    if (!page || body.value !== before) return
    body.value = page.getElementById('body').value
    part.querySelector('[data-given]').replaceWith(document.adoptNode(page.querySelector('[data-given]')))
    const status = page.querySelector('[name=status]:checked')?.value
    for (const radio of form.querySelectorAll('[name=status]')) radio.checked = radio.value === status
    form.dispatchEvent(new Event('input', { bubbles: true }))
    form.dispatchEvent(new Event('change', { bubbles: true }))
  }
  part.querySelector('[name=use_words]').hidden = true
  form.addEventListener('change', ({ target }) => {
    const follows = /^(severity|started_at|component:.*)$/.test(target.name ?? '')
    const chosen = form.elements.template.value || 'always' in part.dataset
    if (target.name === 'template' ? chosen : follows && chosen && isUntouched()) fill()
  })
  form.addEventListener('input', tellGaps)
}

/**
 * A document in a frame lives under the policy of this page, which knows nothing of the styles it brings: they are put in as
 * script may put them in, and nothing else of it may do anything.
 */
function fillFrame(frame) {
  const brought = frame.getAttribute('srcdoc')
  const sheets = [...brought.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, text]) => text)
  frame.addEventListener('load', () => {
    const { contentDocument: shown, contentWindow: view } = frame
    shown.adoptedStyleSheets = sheets.map((text) => {
      const sheet = new view.CSSStyleSheet()
      sheet.replaceSync(text)
      return sheet
    })
    for (const element of shown.querySelectorAll('[data-styled]')) element.style.cssText = element.dataset.styled
  })
  const bare = brought.replace(/<style[^>]*>[\s\S]*?<\/style>/g, '').replace(/\sstyle="/g, ' data-styled="')
  frame.setAttribute('sandbox', 'allow-same-origin')
  frame.setAttribute('srcdoc', bare)
}

/** The preview comes in place: what was typed stays, and what is read does not move. Refused, it is asked for as without script. */
function previewInPlace(form) {
  const button = form.querySelector('[name=preview]')
  const show = (preview) => {
    for (const frame of preview.querySelectorAll('iframe')) fillFrame(frame)
    const tab = document.querySelector('#preview [name=tab]:checked')?.id
    document.getElementById('preview')?.remove()
    form.prepend(document.adoptNode(preview))
    form.parentElement.classList.add('previewing')
    if (tab) document.getElementById(tab).checked = true
    preview.querySelector('h2').focus()
  }
  const asWithoutScript = () => {
    const pressed = document.createElement('input')
    Object.assign(pressed, { type: 'hidden', name: button.name, value: button.value })
    form.append(pressed)
    form.submit()
  }
  form.addEventListener('submit', async (event) => {
    if (event.submitter !== button || event.defaultPrevented) return
    event.preventDefault()
    const answer = await press(form, 'preview')
    const preview = answer?.ok ? documentOf(await answer.text()).getElementById('preview') : null
    if (answer && !preview) return asWithoutScript()
    wake(form)
    if (preview) show(preview)
    else form.querySelector('[data-saved]').textContent = button.dataset.unanswered
  })
  document.addEventListener('input', ({ target }) => {
    const line = isOf(form, target) ? document.querySelector('#preview [data-outdated]') : null
    if (line) line.textContent = line.dataset.outdated
  })
}

/** Milliseconds between two looks at a board: soon while something moves, later and later while nothing does. */
const LOOK = { soonest: 2000, calm: 15_000, latest: 60_000, growth: 1.5 }

const controls = (part) => [...part.querySelectorAll('a, button')]

/** Puts what came in the place of what stands there, and the focus back where it was; a form in hand stays. */
function swap(part, fresh) {
  if (part.textContent === fresh.textContent || part.querySelector('[aria-busy]')) return false
  const focused = controls(part).indexOf(document.activeElement)
  const placed = document.adoptNode(fresh)
  part.replaceWith(placed)
  controls(placed)[focused]?.focus({ preventScroll: true })
  for (const form of placed.querySelectorAll('form[method=post]')) guard(form)
  return true
}

async function fetchBoard(url) {
  const answer = await fetch(url, { redirect: 'manual' }).catch(() => null)
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
}

const partsOf = (url) => [...document.querySelectorAll('[data-live]')].filter((part) => part.dataset.live === url)
const isBusy = (url) => partsOf(url).some((part) => 'busy' in part.dataset)

/** Looks once; answers whether anything has changed. Figures that cannot be renewed say of when they are. */
async function lookAt(url, seenAt) {
  const board = await fetchBoard(url)
  if (!board) {
    const lost = `No answer. These figures are of ${new Date(seenAt).toISOString().slice(11, 19)} UTC.`
    for (const part of document.querySelectorAll('[data-lost]')) part.textContent = lost
    return null
  }
  for (const part of document.querySelectorAll('[data-lost]')) part.textContent = ''
  const swapped = partsOf(url).map((part) => {
    const fresh = board.getElementById(part.id)
    return fresh ? swap(part, fresh) : false
  })
  return swapped.includes(true)
}

function watchBoard(url) {
  let wait = isBusy(url) ? LOOK.soonest : LOOK.calm
  let seenAt = serverTime()
  const look = async () => {
    if (document.visibilityState === 'hidden')
      return document.addEventListener('visibilitychange', look, { once: true })
    const changed = await lookAt(url, seenAt)
    if (changed !== null) seenAt = serverTime()
    const next = Math.min(wait * LOOK.growth, LOOK.latest)
    wait = changed && isBusy(url) ? LOOK.soonest : next
    setTimeout(look, wait)
  }
  setTimeout(look, wait)
}

/** The menu closes as menus do: by Escape, or by a press anywhere else. */
function closing(menu) {
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target)) menu.open = false
  })
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    menu.open = false
    menu.querySelector('summary').focus()
  })
}

for (const form of document.querySelectorAll('form[method=post]')) guard(form)
for (const menu of document.querySelectorAll('.menu')) closing(menu)
for (const url of new Set([...document.querySelectorAll('[data-live]')].map((part) => part.dataset.live)))
  watchBoard(url)
for (const form of document.querySelectorAll('[data-draft]')) keepDraft(form)
for (const part of document.querySelectorAll('[data-ready]')) fillInPlace(part)
for (const form of document.querySelectorAll('.compose')) previewInPlace(form)
for (const form of document.querySelectorAll('.compose')) {
  form.addEventListener('change', () => {
    promise(serverTime())
    label(form)
  })
}
addEventListener('pageshow', (event) => event.persisted && document.querySelectorAll('form').forEach(wake))
setInterval(tickAll, 1000)
tickAll()

/** A briefing counts as read after so long in sight, in milliseconds. */
const READ_AFTER = 5000

/** Says by a POST that a briefing was read, once it stood before somebody for five seconds in all. */
function receipt(form) {
  let left = READ_AFTER
  let seen = false
  let timer = null
  let since = 0
  const move = () => {
    const looking = seen && document.visibilityState === 'visible'
    if (looking && timer === null) {
      since = performance.now()
      timer = setTimeout(say, left)
    } else if (!looking && timer !== null) {
      clearTimeout(timer)
      timer = null
      left -= performance.now() - since
    }
  }
  const watch = new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting
    move()
  })
  async function say() {
    watch.disconnect()
    document.removeEventListener('visibilitychange', move)
    const body = new URLSearchParams({ way: 'script' })
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => null)
    if (answer?.ok || answer?.type === 'opaqueredirect')
      form.querySelector('button').replaceWith('Noted: you have read this.')
  }
  watch.observe(form.closest('article').querySelector('[id^=briefing]'))
  document.addEventListener('visibilitychange', move)
}

for (const form of document.querySelectorAll('[data-receipt]')) receipt(form)

/** How many words the sentences of a briefing have, as they are typed. */
function meter(line) {
  const fields = [...document.querySelectorAll('[data-words]')]
  const count = () => {
    const words = fields.flatMap((field) => field.value.split(/\s+/).filter(Boolean)).length
    line.querySelector('[data-count]').textContent = words
    line.classList.toggle('over', words >= Number(line.dataset.most))
  }
  for (const field of fields) field.addEventListener('input', count)
  count()
}

for (const line of document.querySelectorAll('[data-meter]')) meter(line)
