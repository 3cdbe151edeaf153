import { chmod } from 'node:fs/promises';
import { joinPath, type Places } from './places.ts';
import type { Destination } from './settingsAgent.ts';
import { removeSettingsFile, writeSettingsFile } from './settingsFile.ts';
import { keepFolder } from './undoRecord.ts';

/**
 * Asks `POST /v1/check` (docs/http-api.md). Whatever goes wrong, the call goes on: no engine, no curl, no answer within a second, an answer
 * that is none. The address and the token are in a file, so that no process list shows them; a proxy and `.curlrc` are left out.
 * As a hook it reads the agent's JSON for its session and folder, and answers with all that the agents that have hooks understand
 * (code.claude.com/docs/en/hooks, code.visualstudio.com/docs/copilot/customization/hooks).
 */
const script = `#!/bin/sh
# Spend Lens: asks whether a budget lets the next call of an agent go on.
#   spend-lens-check && your-agent …    says why and ends with 1 when a budget is spent
#   spend-lens-check hook               for the hooks of agents
# Whatever goes wrong lets the call go on.
folder=\${0%/*}/..
[ -r "$folder/endpoint" ] && command -v curl >/dev/null 2>&1 || exit 0
# The first "name": "text" pair in the JSON that is read, as it stands.
pair() { grep -oE '"'"$1"'"[[:space:]]*:[[:space:]]*"([^"\\]|\\\\.)*"' 2>/dev/null | head -n 1; }
# The text of such a pair, still escaped.
text() { sed 's/^"[^"]*"[[:space:]]*:[[:space:]]*"//; s/"$//'; }
event=
if [ "\${1-}" = hook ]; then
  input=$(cat)
  event=$(printf '%s' "$input" | pair 'hook_?[eE]vent_?[nN]ame' | text)
  session=$(printf '%s' "$input" | pair 'session_?[iI]d' | text)
  cwd=$(printf '%s' "$input" | pair cwd | text)
else
  session=
  cwd=$(pwd | sed 's/[\\\\"]/\\\\&/g')
fi
body="{\\"cwd\\":\\"$cwd\\""
[ -z "$session" ] || body="$body,\\"session_id\\":\\"$session\\""
answer=$(printf '%s}' "$body" | curl -q --silent --fail --noproxy '*' --max-time 1 --config "$folder/endpoint" \\
  --header 'content-type: application/json' --data-binary @- 2>/dev/null) || exit 0
case $(printf '%s' "$answer" | pair decision | text) in deny) ;; *) exit 0 ;; esac
reason=$(printf '%s' "$answer" | pair reason | text)
[ -n "$reason" ] || reason='A budget of Spend Lens is spent.'
case $event in
  PreToolUse)
    printf '{"continue":false,"stopReason":"%s","systemMessage":"%s","hookSpecificOutput":{"hookEventName":"PreToolUse",' "$reason" "$reason"
    printf '"permissionDecision":"deny","permissionDecisionReason":"%s"}}\\n' "$reason" ;;
  ?*)
    printf '{"continue":false,"stopReason":"%s","systemMessage":"%s","decision":"block","reason":"%s"}\\n' "$reason" "$reason" "$reason" ;;
  *)
    printf '%s\\n' "$reason" | sed 's/\\\\\\(["\\\\/]\\)/\\1/g' >&2
    exit 1 ;;
esac
exit 0
`;

function scriptPath(places: Places): string {
  return joinPath(places, keepFolder(places), 'bin', 'spend-lens-check');
}

/** The command line of an agent's hook. It does nothing once the script is gone. */
export function hookCommand(places: Places): string {
  // On Windows hooks run in Git Bash, which knows the home folder by its own name.
  const path =
    places.platform === 'win32'
      ? '"$HOME/.spend-lens/bin/spend-lens-check"'
      : `'${scriptPath(places).replaceAll("'", `'\\''`)}'`;
  return `[ ! -x ${path} ] || ${path} hook`;
}

/** The command line to put before an agent's own. */
export function wrapperCommand(places: Places): string {
  const path = scriptPath(places);
  return `${/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`} && `;
}

/** Writes the script, and where it asks. */
export async function writeCheckScript(places: Places, { url, token }: Destination): Promise<void> {
  const endpoint = `url = "${url}/v1/check"\nheader = "x-spend-lens-token: ${token}"\n`;
  await writeSettingsFile(joinPath(places, keepFolder(places), 'endpoint'), endpoint, 0o600);
  await writeSettingsFile(scriptPath(places), script, 0o700);
  await chmod(scriptPath(places), 0o700);
}

export async function removeCheckScript(places: Places): Promise<void> {
  const folder = keepFolder(places);
  await removeSettingsFile(joinPath(places, folder, 'endpoint'), []);
  await removeSettingsFile(scriptPath(places), [folder, joinPath(places, folder, 'bin')]);
}
