import { parsePlace } from '../../../webview-ui/state.ts';
import type { Services } from '../services.ts';

/** Opens the report; a link may say where. */
export function openReport({ report }: Services, place?: unknown): void {
  report.show(parsePlace(place));
}
