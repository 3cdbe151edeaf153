/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format (prometheus.io/docs/instrumenting/exposition_formats). Throws at a line that is none. */
export function parseExposition(text: string): Sample[] {
  return text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const match = /^([a-z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)$/is.exec(line);
      if (!match) {
        throw new Error(`No sample: ${line}`);
      }
      const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [
        name,
        value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
      ]);
      return { name: match[1] ?? '', labels: Object.fromEntries(labels), value: Number(match[3]) };
    });
}

/** The sum of a metric over all series with these labels. */
export function sumOf(samples: readonly Sample[], name: string, wanted: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter(sample => sample.name === name)
    .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
