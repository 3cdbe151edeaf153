import { describe, expect, it } from 'vitest';
import { recordOf, spans } from './telemetry.ts';

const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5.4',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 2,
};
type Values = Record<string, string | number>;
const record = (values: Values, resource: Values = {}) => recordOf(spans({ ...call, ...values }, { resource }));

describe('whose call it was', () => {
  it('comes from resource attributes', () => {
    const resource = {
      'service.name': 'shop',
      'user.id': 'ann',
      'team.id': 'platform',
      'project.name': 'checkout',
      'vcs.ref.head.name': 'main',
      'process.working_directory': '/home/ann/shop',
    };
    expect(record({}, resource)).toMatchObject({
      agent: 'shop',
      userId: 'ann',
      team: 'platform',
      project: 'checkout',
      branch: 'main',
      cwd: '/home/ann/shop',
    });
  });

  it('has the user, team and project of the resource before those of the piece, and its session after', () => {
    const piece = { 'user.id': 'hash', department: 'a', project: 'b', 'session.id': 'mine' };
    const resource = { 'user.email': 'ann@example.com', 'team.name': 'c', 'project.id': 'd', 'session.id': 'window' };
    const expected = { userId: 'ann@example.com', team: 'c', project: 'd', sessionId: 'mine' };
    expect(record(piece, resource)).toMatchObject(expected);
    expect(record(piece)).toMatchObject({ userId: 'hash', team: 'a', project: 'b' });
    expect(record({}, resource).sessionId).toBe('window');
  });

  it('has the conversation before the session', () => {
    const both = { 'session.id': 's', 'gen_ai.conversation.id': 'c' };
    expect(record(both).sessionId).toBe('c');
    expect(record({ 'session.id': 's', 'conversation.id': 'c' }).sessionId).toBe('c');
  });

  it('is overridden by spend_lens attributes, on the piece or on its resource', () => {
    const own = {
      'spend_lens.task_type': 'review',
      'spend_lens.session': 's',
      'spend_lens.user': 'bob',
      'spend_lens.team': 't',
      'spend_lens.project': 'p',
      'spend_lens.agent': 'robot',
    };
    const names = { 'gen_ai.agent.name': 'x', 'session.id': 'x', 'user.id': 'x', 'service.name': 'x', team: 'x' };
    const expected = {
      taskType: 'review',
      sessionId: 's',
      userId: 'bob',
      team: 't',
      project: 'p',
      agent: 'robot',
    };
    expect(record(own, names)).toMatchObject(expected);
    expect(record(names, own)).toMatchObject(expected);
    expect(record({ 'spend_lens.task_type': 'mine' }, own).taskType).toBe('mine');
  });

  it('has the agent name as task type before the operation', () => {
    expect(record({ 'gen_ai.agent.name': 'reviewer' }).taskType).toBe('reviewer');
    expect(record({ 'agent.name': 'planner' }).taskType).toBe('planner');
    expect(record({}).taskType).toBe('chat');
  });

  it('takes no name for one that is empty, too long or holds control characters, or that means none', () => {
    for (const name of ['', '  ', 'x'.repeat(1001), 'a\nb']) {
      expect(record({ 'gen_ai.conversation.id': name, 'session.id': 's' }).sessionId).toBe('s');
    }
    expect(record({}, { 'service.name': 'unknown_service:node' }).agent).toBeNull();
    expect(record({ 'session.id': 42 }).sessionId).toBe('42');
  });
});
