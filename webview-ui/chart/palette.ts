/** The theme's colours, read from VS Code's variables at draw time: a canvas can not use `var()`. */

export interface Palette {
  readonly foreground: string;
  readonly muted: string;
  readonly lines: string;
  readonly background: string;
  readonly widgetBackground: string;
  readonly widgetBorder: string;
  readonly fontFamily: string;
  readonly isHighContrast: boolean;
  readonly isMotionReduced: boolean;
  /** By slot; see `ColorSlots`. */
  readonly series: readonly string[];
}

/** Neighbours in the stack differ in hue; red, which reads as an error, comes last. */
const seriesVariables = [
  'charts-blue',
  'charts-purple',
  'charts-green',
  'charts-orange',
  'terminal-ansiCyan',
  'terminal-ansiMagenta',
  'charts-yellow',
  'charts-red',
];
export const otherSlot = seriesVariables.length;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--vscode-${name}`).trim();
  const foreground = read('foreground') || getComputedStyle(document.body).color;
  const muted = read('descriptionForeground') || foreground;
  const border = read('contrastBorder');
  const isHighContrast = document.body.classList.contains('vscode-high-contrast');
  return {
    foreground,
    muted,
    // Borders are as strong as text in high contrast: too loud for the grid behind the bars.
    lines: (!isHighContrast && (read('editorGroup-border') || read('panel-border'))) || read('charts-lines') || muted,
    background: read('editor-background') || 'transparent',
    widgetBackground: read('editorHoverWidget-background') || read('editor-background') || 'transparent',
    widgetBorder: border || read('editorHoverWidget-border') || muted,
    fontFamily: read('font-family') || 'sans-serif',
    isHighContrast,
    isMotionReduced: document.body.classList.contains('vscode-reduce-motion'),
    series: [...seriesVariables.map(name => read(name) || foreground), muted],
  };
}

/** Which colour a model has: it keeps the one it got first, so that a refresh that changes the ranking repaints nothing. */
export class ColorSlots {
  readonly #slots = new Map<string, number>();

  /** Gives each id of the drawn ones its slot; ids no longer drawn free theirs. */
  assign(ids: readonly string[]): ReadonlyMap<string, number> {
    for (const id of this.#slots.keys()) {
      if (!ids.includes(id)) {
        this.#slots.delete(id);
      }
    }
    const taken = new Set(this.#slots.values());
    const free = seriesVariables.map((_, slot) => slot).filter(slot => !taken.has(slot));
    for (const id of ids) {
      if (!this.#slots.has(id)) {
        this.#slots.set(id, free.shift() ?? otherSlot);
      }
    }
    return this.#slots;
  }
}

/** Calls back after the theme changed: VS Code swaps the variables on `<html>` and the kind on `<body>`. */
export function onDidChangeTheme(listener: () => void): void {
  let frame = 0;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(listener);
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}
