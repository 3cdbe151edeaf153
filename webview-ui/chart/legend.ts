/** The chart's legend as a list: names are text, swatches are painted with the very fill of the bars. */
import { h, setChildren, setText } from '../dom.ts';
import type { Palette } from './palette.ts';
import type { Series } from './series.ts';

export interface LegendEntry {
  readonly series: Series;
  readonly name: string;
  readonly fill: string | CanvasPattern;
}

export interface Legend {
  readonly element: HTMLElement;
  update(entries: readonly LegendEntry[], palette: Palette): void;
}

const swatchSize = 12;

export function createLegend(): Legend {
  const element = h('ul', { class: 'legend' });
  const items = new Map<string, { item: HTMLElement; swatch: HTMLCanvasElement; label: HTMLElement }>();
  return {
    element,
    update: (entries, palette) => {
      const drawn = entries.map(({ series, name, fill }) => {
        const known = items.get(series.id) ?? createItem();
        items.set(series.id, known);
        setText(known.label, name);
        known.label.title = name;
        paint(known.swatch, fill, palette);
        return known.item;
      });
      setChildren(element, drawn);
    },
  };
}

function createItem() {
  const size = String(swatchSize);
  const swatch = h('canvas', { width: size, height: size, 'aria-hidden': 'true' });
  const label = h('span', {});
  return { item: h('li', {}, swatch, label), swatch, label };
}

function paint(swatch: HTMLCanvasElement, fill: string | CanvasPattern, palette: Palette): void {
  const context = swatch.getContext('2d');
  if (context) {
    context.clearRect(0, 0, swatchSize, swatchSize);
    context.fillStyle = fill;
    context.fillRect(0, 0, swatchSize, swatchSize);
    if (palette.isHighContrast) {
      context.strokeStyle = palette.foreground;
      context.strokeRect(0.5, 0.5, swatchSize - 1, swatchSize - 1);
    }
  }
}
