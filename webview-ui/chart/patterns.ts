/** How a model's bars are filled: plainly, and in high contrast with a pattern of their own. */
import type { Palette } from './palette.ts';

/** The fill of a slot: its colour, and in high contrast a pattern of it, so that hue is never the only difference. */
export function createFill(palette: Palette, slot: number, context: CanvasRenderingContext2D): string | CanvasPattern {
  const color = palette.series[slot] ?? palette.muted;
  if (!palette.isHighContrast || slot === 0) {
    return color;
  }
  return context.createPattern(createTile(color, palette.background, slot), 'repeat') ?? color;
}

const tileSize = 8;

/** Lines in one square that repeats without a seam, by slot, as pairs of points in eighths. */
const strokes: readonly (readonly (readonly [number, number, number, number])[])[] = [
  [],
  [
    [0, 8, 8, 0],
    [-2, 2, 2, -2],
    [6, 10, 10, 6],
  ],
  [
    [0, 2, 8, 2],
    [0, 6, 8, 6],
  ],
  [
    [0, 0, 8, 8],
    [-2, 6, 2, 10],
    [6, -2, 10, 2],
  ],
  [
    [2, 0, 2, 8],
    [6, 0, 6, 8],
  ],
  [
    [0, 0, 8, 8],
    [0, 8, 8, 0],
  ],
  [
    [0, 4, 8, 4],
    [4, 0, 4, 8],
  ],
  [
    [1, 2, 3, 2],
    [5, 6, 7, 6],
  ],
  [[3.5, 4, 4.5, 4]],
];

function createTile(color: string, background: string, slot: number): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = tile.height = tileSize;
  const context = tile.getContext('2d');
  if (context) {
    context.fillStyle = background;
    context.fillRect(0, 0, tileSize, tileSize);
    context.strokeStyle = color;
    context.lineWidth = 2;
    for (const [x1, y1, x2, y2] of strokes[slot] ?? []) {
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    }
  }
  return tile;
}
