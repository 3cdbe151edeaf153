/** Skips the running test of the in-host suite and names the reason in the closing report. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  Object.assign(context.test ?? {}, { skipReason: reason });
  return context.skip();
}
