/**
 * Text for a notification. VS Code makes links of `[label](target)` in it, commands included, and names of models, files and
 * workspaces are anyone's: no link can come of what this gives.
 */
export function formatPlainNotification(text: string): string {
  return text.replaceAll('](', '] (');
}
