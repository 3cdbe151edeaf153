/** Calls of a model that its median is made of, the latest. */
const window = 101;
const maxModels = 500;

/** The median number of output tokens of each model's latest calls. */
export class OutputMedians {
  readonly #outputs = new Map<string, number[]>();

  add(model: string | null, tokens: number | null): void {
    if (model === null || tokens === null) {
      return;
    }
    const outputs = this.#outputs.get(model);
    if (outputs) {
      outputs.push(tokens);
      if (outputs.length > window) {
        outputs.shift();
      }
    } else if (this.#outputs.size < maxModels) {
      this.#outputs.set(model, [tokens]);
    }
  }

  /** Tokens; null for a model without calls. */
  of(model: string): number | null {
    const outputs = this.#outputs.get(model)?.toSorted((a, b) => a - b);
    return outputs?.[Math.floor((outputs.length - 1) / 2)] ?? null;
  }
}
