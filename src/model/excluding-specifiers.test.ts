import { describe, expect, it } from 'vitest';
import { excludeEachOther } from './excluding-specifiers.ts';

describe('comparisons of versions', () => {
  it.each([
    '<2.6 >2.7',
    '<2 >=2.0',
    '==1.0 ==1.1',
    '==1.* >=2',
    '~=2.2 <2.2',
    '~=2.2 >=3',
    '~=1.4.5 >=1.5',
    '<=1 >1.0.0',
    '==3 <3.0',
  ])('%s leave no version', (text) => {
    expect(excludeEachOther(text.split(' '))).toBe(true);
  });

  it.each([
    '',
    '>=2.9 !=2.9.0',
    '<2.7 >2.6',
    '==2.0 <=2',
    '>=2 <=2.0.0',
    '~=2.2 >=2.9',
    '==1.* >=1.5',
    '!=1.* ==1.0',
    '<2 >=2.0a1',
    '>1 >2 <3',
    '===anything >1',
  ])('%s may leave one', (text) => {
    expect(excludeEachOther(text.split(' '))).toBe(false);
  });
});
