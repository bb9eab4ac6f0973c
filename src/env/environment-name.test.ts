import { describe, expect, it } from 'vitest';
import { condaEnvironmentName, environmentName } from './environment-name.ts';

const spec = {
  buildDependencies: ['pip==26.3', 'setuptools==65.5.0', 'wheel'],
  dependencies: ['-r requirements.txt'],
  requirements: [
    { text: 'scikit-learn', isConstraint: false },
    { text: 'mlflow==3.17.2', isConstraint: false },
  ],
};

describe('names of environments', () => {
  it('are those that MLflow 3.17.2 gives', () => {
    expect(environmentName({ spec, python: '3.11.7' })).toBe(
      'mlflow-81ecac320dbfe5c112a6dad03ec83ff5fabd4929',
    );
    expect(environmentName({ spec, python: '3.11.7', environmentId: '3.17.2' })).toBe(
      'mlflow-813e033bc744a84438e9b6d15a48b92e4c75c124',
    );
  });

  it('of conda are the hash of conda.yaml', () => {
    expect(condaEnvironmentName('', {})).toBe('mlflow-da39a3ee5e6b4b0d3255bfef95601890afd80709');
  });

  it('differ by what MLflow leaves out, and only then', () => {
    const plain = environmentName({ spec, python: '3.11.7' });
    expect(environmentName({ spec, python: '3.11.7', salt: {} })).toBe(plain);
    const names = [{ overrides: ['a'] }, { overrides: ['b'] }, { python: '3.12' }].map((salt) =>
      environmentName({ spec, python: '3.11.7', salt }),
    );
    expect(new Set([plain, ...names]).size).toBe(4);
  });
});
