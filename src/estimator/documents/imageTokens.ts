import type { ImagePart } from './promptDocument.ts';

/** How many tokens a model takes for an image, and the page that says so. */
interface ImageRule {
  readonly models: RegExp;
  readonly count: (width: number, height: number, detail: string | null) => number;
}

/** Assumed where a request holds only the address of an image. Pixels. */
const guessedSize = { width: 1024, height: 1024 };

/**
 * 512 px tiles: scaled to fit 2048 × 2048, then to 768 on the shorter side; `low` is the base alone.
 * https://platform.openai.com/docs/guides/images-vision, "Calculating costs".
 */
function tiles(base: number, perTile: number): ImageRule['count'] {
  return (width, height, detail) => {
    if (detail === 'low') {
      return base;
    }
    const fit = Math.min(1, 2048 / Math.max(width, height));
    const scale = fit * Math.min(1, 768 / Math.min(width * fit, height * fit));
    return base + perTile * Math.ceil((width * scale) / 512 - 1e-9) * Math.ceil((height * scale) / 512 - 1e-9);
  };
}

/** 32 px patches, at most 1536, × a factor by model. The same page. */
function patches(factor: number): ImageRule['count'] {
  const most = 1536;
  return (width, height) => {
    let [columns, rows] = [Math.ceil(width / 32), Math.ceil(height / 32)];
    if (columns * rows > most) {
      const shrink = Math.sqrt((most * 32 * 32) / (width * height));
      const [across, down] = [(width * shrink) / 32, (height * shrink) / 32];
      const whole = shrink * Math.min(Math.floor(across) / across, Math.floor(down) / down);
      [columns, rows] = [Math.ceil((width * whole) / 32 - 1e-9), Math.ceil((height * whole) / 32 - 1e-9)];
    }
    return Math.ceil(Math.min(columns * rows, most) * factor);
  };
}

/**
 * A token per 28 px patch, after scaling down to a longest edge and a number of tokens: 1568 and 1568, or 2576 and 4784 from Opus 4.7 on.
 * https://platform.claude.com/docs/en/build-with-claude/vision.
 */
function claudePatches(edge: number, most: number): ImageRule['count'] {
  return (width, height) => {
    const fit = Math.min(1, edge / Math.max(width, height), Math.sqrt((most * 28 * 28) / (width * height)));
    return Math.min(most, Math.ceil((width * fit) / 28 - 1e-9) * Math.ceil((height * fit) / 28 - 1e-9));
  };
}

/** 258 up to 384 px on both sides, else 258 per tile of 768 px. https://ai.google.dev/gemini-api/docs/tokens. */
function geminiTiles(width: number, height: number): number {
  return width <= 384 && height <= 384 ? 258 : 258 * Math.ceil(width / 768) * Math.ceil(height / 768);
}

/** Gemini 3 on: a fixed number by resolution. https://ai.google.dev/gemini-api/docs/media-resolution. */
function geminiResolution(_width: number, _height: number, detail: string | null): number {
  return /LOW/i.test(detail ?? '') ? 280 : /MEDIUM/i.test(detail ?? '') ? 560 : 1120;
}

/** First match wins; names without vendor prefix, in lower case. */
const rules: readonly ImageRule[] = [
  { models: /^gpt-4o-mini/, count: tiles(2833, 5667) },
  { models: /^(gpt-4\.1-mini|gpt-5(\.\d)?(-codex)?-mini)/, count: patches(1.62) },
  { models: /^(gpt-4\.1-nano|gpt-5(\.\d)?-nano)/, count: patches(2.46) },
  { models: /^(o4-mini|codex-mini)/, count: patches(1.72) },
  { models: /^(o1|o3)/, count: tiles(75, 150) },
  { models: /^computer-use/, count: tiles(65, 129) },
  { models: /^gpt-5($|-\d|-chat|-codex|-pro|\.1)/, count: tiles(70, 140) },
  { models: /^gpt-([6-9]|5\.)/, count: patches(1.2) },
  { models: /opus-(4-[789]|[5-9])|(sonnet|haiku)-[5-9]|fable|mythos/, count: claudePatches(2576, 4784) },
  { models: /claude/, count: claudePatches(1568, 1568) },
  { models: /gemini-([3-9]|\d\d)/, count: geminiResolution },
  { models: /gemini|gemma/, count: geminiTiles },
  { models: /.*/, count: tiles(85, 170) },
];

/** Tokens of an image for a model. Where the request has only its address, those of 1024 × 1024 pixels. */
export function countImageTokens(model: string, { size, detail }: ImagePart): number {
  const name = model.trim().toLowerCase().split('/').at(-1) ?? '';
  const { width, height } = size ?? guessedSize;
  const rule = rules.find(({ models }) =>
    models.test(models.source.includes('opus') ? name.replaceAll('.', '-') : name),
  );
  return rule?.count(width, height, detail) ?? 0;
}
