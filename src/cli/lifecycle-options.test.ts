import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addLifecycleOptions, lifecycleOf, type LifecycleValues } from './lifecycle-options.ts';

function parse(...args: string[]): ReturnType<typeof lifecycleOf> {
  const command = addLifecycleOptions(new Command()).exitOverride();
  command.parse(args, { from: 'user' });
  return lifecycleOf(command.opts<LifecycleValues>());
}

it.each([
  [['--load-model', 'a'], "'--load-model' names one of the models of '--models'."],
  [['--default-model', 'a'], "'--default-model' names one of the models of '--models'."],
  [['--models', 'm', '--load-model', 'a'], "'--load-model' needs '--model-control explicit'."],
])('%j is a contradiction', (args, message) => {
  expect(() => parse(...args)).toThrow(message);
});

it('of many models are taken together', () => {
  const args = ['--models', 'm', '--model-control', 'explicit', '--load-model', 'a'];
  expect(parse(...args, '--load-model', 'b', '--default-model', 'b')).toMatchObject({
    models: 'm',
    modelControl: 'explicit',
    loadModels: ['a', 'b'],
    defaultModel: 'b',
  });
});
