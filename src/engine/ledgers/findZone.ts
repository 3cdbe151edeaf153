import type { Settings } from '../../contributions.ts';
import { resolveZone } from '../../core/time/calendar.ts';

/** The IANA zone of the settings, or the system's where they name none that is known. Asked once per settings: it takes longer than a sum over a day. */
export function findZone({ timeZone }: Settings): string {
  try {
    return resolveZone(timeZone);
  } catch {
    return resolveZone('');
  }
}
