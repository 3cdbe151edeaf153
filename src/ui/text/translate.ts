/** `vscode.l10n.t` in the form the formatters take it, so that they run and are tested without a host. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** Fills `{0}` and the like without translating. */
export const plainText: Translate = (message, ...values) =>
  message.replace(/\{(\d)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
