/** The report page's HTML shell: pure, so that the browser tests load the page under exactly this policy. */
import { type Texts, textsId } from '../../../webview-ui/englishTexts.ts';

export interface ReportShell {
  /** Address of `dist/report.js`, as `asWebviewUri` gives it. */
  readonly scriptUri: string;
  /** Address of `dist/report.css`. */
  readonly styleUri: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for every page. */
  readonly nonce: string;
  /** BCP 47 tag of the editor's language, `env.language`; the page's numbers and dates follow it. */
  readonly language: string;
  /** The page's texts in that language. */
  readonly texts: Texts;
}

/**
 * The whole page as a string, every value escaped. The policy has no `unsafe-inline`; the `csp-nonce` meta is what FAST (below the
 * UI toolkit) signs its one `<style>` with; see webview-ui/README.md.
 */
export function renderReportHtml({ scriptUri, styleUri, cspSource, nonce, language, texts }: ReportShell): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta property="csp-nonce" content="${escapeAttribute(nonce)}">
<link rel="stylesheet" href="${escapeAttribute(styleUri)}">
<title>${escapeAttribute(texts.title)}</title>
</head>
<body>
<div id="report"></div>
<script type="application/json" id="${textsId}">${JSON.stringify(texts).replaceAll('<', '\\u003c')}</script>
<script nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(scriptUri)}"></script>
</body>
</html>
`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that stays one attribute value between double quotes. */
function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, character => escapes[character] ?? character);
}
