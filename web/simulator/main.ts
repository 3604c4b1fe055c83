/** Script of the simulator's pages: local times, and the countdown of a checkout. The pages work without it. */
import { printMoment, printSeconds } from '../shared/print'
import '../shared/base.css'
import '../shared/button.css'
import '../shared/notes.css'
import '../shared/section.css'
import './simulator.css'
import './checkout.css'

for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]'))
  time.textContent = printMoment(time.dateTime)

const countdown = document.querySelector<HTMLTimeElement>('time[data-countdown]')

function show({ dateTime }: HTMLTimeElement): string {
  const left = Math.max(0, Math.floor((Date.parse(dateTime) - Date.now()) / 1000))
  if (left === 0) location.reload()
  return printSeconds(left)
}

if (countdown) {
  const update = () => {
    countdown.textContent = show(countdown)
  }
  update()
  setInterval(update, 1000)
}
