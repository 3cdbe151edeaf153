import { dayOf, periodRange } from '../../core/time/calendar.ts';

export interface DayClock {
  /** Epoch ms. */
  readonly now: () => number;
  /** IANA zone of the days; asked anew each time. */
  readonly zone: () => string;
  readonly onNewDay: () => void;
}

/** Timers stand still while a computer sleeps, so the clock is looked at this often. ms. */
const maxWaitMs = 15_000;

/** Tells when a day has begun in the zone; gives the function that ends that. */
export function watchDays({ now, zone, onNewDay }: DayClock): () => void {
  let day = dayOf(now(), zone());
  let timer: NodeJS.Timeout;
  const wait = () => {
    const untilMidnight = periodRange('today', now(), zone()).toMs - now();
    timer = setTimeout(look, Math.min(maxWaitMs, untilMidnight + 5));
    timer.unref();
  };
  const look = () => {
    const today = dayOf(now(), zone());
    if (today !== day) {
      day = today;
      onNewDay();
    }
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}
