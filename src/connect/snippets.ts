/** A piece of code that reports usage. It runs as it stands, once the SDK is installed and the variables are set. */
export interface Snippet {
  readonly id: string;
  readonly label: string;
  /** A language id of VS Code. */
  readonly language: 'python' | 'typescript';
  readonly code: string;
}

const pythonReport = `def report(response, **context):
    body = json.dumps({"response": response.model_dump(mode="json"), **context}).encode()
    request = urllib.request.Request(
        os.environ["SPEND_LENS_URL"] + "/v1/usage",
        data=body,
        headers={"Authorization": "Bearer " + os.environ["SPEND_LENS_TOKEN"]},
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except OSError as error:  # never let bookkeeping break the program
        print("Spend Lens:", error, file=sys.stderr)
`;

const typescriptReport = `async function report(response: unknown, context: Record<string, string> = {}): Promise<void> {
  await fetch(\`\${process.env.SPEND_LENS_URL}/v1/usage\`, {
    method: 'POST',
    headers: { authorization: \`Bearer \${process.env.SPEND_LENS_TOKEN}\` },
    body: JSON.stringify({ response, ...context }),
    signal: AbortSignal.timeout(5000),
  }).catch(error => console.error('Spend Lens:', error)); // never let bookkeeping break the program
}
`;

/** For one's own code: each SDK by reporting a response, and through the gateway, which needs no other change and sees streams too. */
export const snippets: readonly Snippet[] = [
  {
    id: 'openai-typescript',
    label: 'TypeScript, OpenAI SDK',
    language: 'typescript',
    code: `import OpenAI from 'openai';

${typescriptReport}
const client = new OpenAI();
const response = await client.chat.completions.create({
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'Hello' }],
});
await report(response, { session_id: 'my-session', task_type: 'chat' });
`,
  },
  {
    id: 'openai-typescript-gateway',
    label: 'TypeScript, OpenAI SDK, through the gateway',
    language: 'typescript',
    code: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: \`\${process.env.SPEND_LENS_URL}/gateway/openai/v1\`,
  defaultHeaders: { 'x-spend-lens-token': process.env.SPEND_LENS_TOKEN, 'x-spend-lens-session': 'my-session' },
});
const stream = await client.chat.completions.create({
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}
`,
  },
  {
    id: 'anthropic-typescript',
    label: 'TypeScript, Anthropic SDK',
    language: 'typescript',
    code: `import Anthropic from '@anthropic-ai/sdk';

${typescriptReport}
const client = new Anthropic();
const response = await client.messages.create({
  model: 'claude-sonnet-5',
  max_tokens: 1000,
  messages: [{ role: 'user', content: 'Hello' }],
});
await report(response, { session_id: 'my-session', task_type: 'chat' });
`,
  },
  {
    id: 'anthropic-typescript-gateway',
    label: 'TypeScript, Anthropic SDK, through the gateway',
    language: 'typescript',
    code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: \`\${process.env.SPEND_LENS_URL}/gateway/anthropic\`,
  defaultHeaders: { 'x-spend-lens-token': process.env.SPEND_LENS_TOKEN, 'x-spend-lens-session': 'my-session' },
});
const stream = client.messages.stream({
  model: 'claude-sonnet-5',
  max_tokens: 1000,
  messages: [{ role: 'user', content: 'Hello' }],
});
stream.on('text', text => process.stdout.write(text));
await stream.finalMessage();
`,
  },
  {
    id: 'openai-python',
    label: 'Python, OpenAI SDK',
    language: 'python',
    code: `import json, os, sys, urllib.request
from openai import OpenAI

${pythonReport}
client = OpenAI()
response = client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "Hello"}])
report(response, session_id="my-session", task_type="chat")
`,
  },
  {
    id: 'openai-python-gateway',
    label: 'Python, OpenAI SDK, through the gateway',
    language: 'python',
    code: `import os
from openai import OpenAI

client = OpenAI(
    base_url=os.environ["SPEND_LENS_URL"] + "/gateway/openai/v1",
    default_headers={"x-spend-lens-token": os.environ["SPEND_LENS_TOKEN"], "x-spend-lens-session": "my-session"},
)
stream = client.chat.completions.create(
    model="gpt-4.1", messages=[{"role": "user", "content": "Hello"}], stream=True
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
`,
  },
  {
    id: 'anthropic-python',
    label: 'Python, Anthropic SDK',
    language: 'python',
    code: `import json, os, sys, urllib.request
from anthropic import Anthropic

${pythonReport}
client = Anthropic()
response = client.messages.create(
    model="claude-sonnet-5", max_tokens=1000, messages=[{"role": "user", "content": "Hello"}]
)
report(response, session_id="my-session", task_type="chat")
`,
  },
  {
    id: 'anthropic-python-gateway',
    label: 'Python, Anthropic SDK, through the gateway',
    language: 'python',
    code: `import os
from anthropic import Anthropic

client = Anthropic(
    base_url=os.environ["SPEND_LENS_URL"] + "/gateway/anthropic",
    default_headers={"x-spend-lens-token": os.environ["SPEND_LENS_TOKEN"], "x-spend-lens-session": "my-session"},
)
with client.messages.stream(
    model="claude-sonnet-5", max_tokens=1000, messages=[{"role": "user", "content": "Hello"}]
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
`,
  },
];
