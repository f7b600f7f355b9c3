import { span } from '../../../lib/shown/text.js'
import { type Html, markup } from './markup.js'

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** A moment for people and programs: nobody's time zone is known here. */
export const moment = (iso: string): Html => markup`<time datetime="${iso}">${clock.format(new Date(iso))} UTC</time>`

/** `2 min 5 s ago` */
export const ago = (iso: string, now = Date.now()): string => {
  const time = now - Date.parse(iso)
  return time < 2000 ? 'just now' : `${span(time)} ago`
}

/** `13 min left` */
export const left = (iso: string, now = Date.now()): string => `${span(Date.parse(iso) - now)} left`
