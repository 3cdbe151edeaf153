import type { Services } from '../services.ts';

export function openReport({ report }: Services): void {
  report.show();
}
