export const providers = [
  'openai',
  'anthropic',
  'google',
  'bedrock',
  'azure',
  'openrouter',
  'deepseek',
  'mistral',
  'xai',
  'ollama',
  'github',
] as const;
/** A known provider, or another one by the name it was reported with. */
export type Provider = (typeof providers)[number] | (string & {});

/** Names used by OpenTelemetry's GenAI conventions and by vendors for the providers above. */
const aliases: Readonly<Record<string, Provider>> = {
  'aws.bedrock': 'bedrock',
  amazon_bedrock: 'bedrock',
  'amazon-bedrock': 'bedrock',
  aws: 'bedrock',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'az.ai.openai': 'azure',
  'az.ai.inference': 'azure',
  azure_openai: 'azure',
  gemini: 'google',
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  vertex_ai: 'google',
  'google-vertex': 'google',
  mistral_ai: 'mistral',
  mistralai: 'mistral',
  x_ai: 'xai',
  'x-ai': 'xai',
  copilot: 'github',
  'github-copilot': 'github',
};

/** The one name for a provider. Unknown names come back trimmed and in lower case; an empty one is null. */
export function normalizeProvider(name: string | null | undefined): Provider | null {
  const key = name?.trim().toLowerCase();
  return key ? (aliases[key] ?? key) : null;
}
