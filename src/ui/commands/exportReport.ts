import type { ExportFormat } from '../../../webview-ui/messages.ts';
import type { Services } from '../services.ts';

/** Exports what the report shows. */
export function exportReport({ report }: Services, format: ExportFormat): void {
  report.export(format);
}
