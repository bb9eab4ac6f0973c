import { describe, expect, it } from 'vitest';
import { canonicalName, formatRequirement, parseRequirement } from './parse-requirement.ts';
import { isOverride, splitOverrides } from './split-overrides.ts';

/** What `str(Requirement(text))` of packaging 26.3 gives. */
const written: readonly (readonly [string, string])[] = [
  ['numpy', 'numpy'],
  [' mlflow >= 2.8, != 2.9.0 ', 'mlflow!=2.9.0,>=2.8'],
  ['foo[b, a] (>1)', 'foo[a,b]>1'],
  ['a.b_c==1.2.*', 'a.b_c==1.2.*'],
  ['x~=v1.2,==1!2.0.post1,<=01,', 'x<=01,==1!2.0.post1,~=v1.2'],
  ['torch==2.7.1+cu.128', 'torch==2.7.1+cu.128'],
  ['x===any-thing,>=1', 'x===any-thing,>=1'],
  ['x==1.0a1.dev3', 'x==1.0a1.dev3'],
  ['p @ https://h/p.whl#sha256=0', 'p @ https://h/p.whl#sha256=0'],
  ["p @ https://h/p.whl ; os.name=='nt'", 'p @ https://h/p.whl ; os_name == "nt"'],
  ["x;python_version<'3.12'", 'x; python_version < "3.12"'],
  ['x; (((sys.platform=="linux")))', 'x; sys_platform == "linux"'],
  [
    'x; (os_name=="a" or os_name=="b") and python_implementation=="CPython"',
    'x; (os_name == "a" or os_name == "b") and platform_python_implementation == "CPython"',
  ],
  ["x; 'a\"b' not  in platform_version", "x; 'a\"b' not in platform_version"],
  ['x; extra == "Some_Extra"', 'x; extra == "some-extra"'],
];

/** What packaging refuses. */
const refused = [
  '', '-x', 'x-', 'é', 'a b', 'x==', 'x=1', 'x==1.2.', 'x>=1.*', 'x>=1+cpu', 'x~=1', 'x[a', 'x[a b]',
  'x[a,]', 'x;', 'x; foo=="a"', 'x; os_name', 'x; os_name is "a"', 'x; (os_name=="a"', 'x @', '(x)', './x.whl',
  '# comment', '-r requirements.txt', '--index-url https://x',
]; // prettier-ignore

describe('requirements', () => {
  it.each(written)('%s', (text, normal) => {
    expect(formatRequirement(parseRequirement(text))).toBe(normal);
    expect(formatRequirement(parseRequirement(normal))).toBe(normal);
  });

  it.each(refused)('%j is none', (text) => {
    expect(() => parseRequirement(text)).toThrow(
      expect.objectContaining({ code: 'REQUIREMENT_INVALID' }),
    );
  });

  it('bound the depth of brackets', () => {
    const deep = (depth: number): string =>
      `x; ${'('.repeat(depth)}os_name=="a"${')'.repeat(depth)}`;
    expect(formatRequirement(parseRequirement(deep(40)))).toBe('x; os_name == "a"');
    expect(() => parseRequirement(deep(100_000))).toThrow('deep');
  });

  it('are told apart by their canonical names', () => {
    expect(canonicalName('Foo__bar.-Baz')).toBe('foo-bar-baz');
  });
});

describe('overrides', () => {
  it.each([
    ['x==1,y==2', ['x==1', 'y==2']],
    [' x[a,b]>=1,<2 , y ,', ['x[a,b]>=1,<2', 'y']],
    ['mlflow>=2.8, !=2.9.0,numpy', ['mlflow>=2.8, !=2.9.0', 'numpy']],
    ['x (>1,<2),y', ['x (>1,<2)', 'y']],
    ['', []],
    ['x[a', ['x[a']],
  ])('%j', (text, parts) => {
    expect(splitOverrides(text)).toEqual(parts);
  });

  it('may be files and URLs, and no options', () => {
    expect(
      ['x==1', 'https://h/x.whl', './my wheels/x.whl', 'git+https://h/x'].every(isOverride),
    ).toBe(true);
    expect(['--index-url', '-r x.txt', 'x = = 1'].some(isOverride)).toBe(false);
  });
});
