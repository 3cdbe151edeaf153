/** What calls can be told apart by, in words. */
import type { FilterKey } from '../src/core/filter.ts';
import { texts } from './texts.ts';

/** Those of the breakdown, in the order they are offered; a filter may also name the plan. */
export const dimensions = [
  'model',
  'provider',
  'agent',
  'task_type',
  'session_id',
  'user_id',
  'team',
  'project',
  'branch',
  'folder',
] as const satisfies readonly FilterKey[];

/** The same in a title: "by model". */
export const byTexts: Readonly<Record<(typeof dimensions)[number], string>> = {
  model: texts.byModel,
  provider: texts.byProvider,
  agent: texts.byAgent,
  task_type: texts.byTaskType,
  session_id: texts.bySession,
  user_id: texts.byUser,
  team: texts.byTeam,
  project: texts.byProject,
  branch: texts.byBranch,
  folder: texts.byFolder,
};

export const dimensionTexts: Readonly<Record<FilterKey, string>> = {
  model: texts.model,
  provider: texts.provider,
  agent: texts.agent,
  task_type: texts.taskType,
  session_id: texts.session,
  user_id: texts.user,
  team: texts.team,
  project: texts.project,
  branch: texts.branch,
  folder: texts.folder,
  plan: texts.plan,
};
