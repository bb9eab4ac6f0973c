/** Names of modules and classes as Python 3 knows them. */

/** What `pickle` renames in protocols 0 to 2, as far as models name it. Source: CPython 3.13 Lib/_compat_pickle.py. */
const modules: Readonly<Record<string, string>> = {
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  Queue: 'queue',
  repr: 'reprlib',
  _abcoll: 'collections.abc',
};

const names: Readonly<Record<string, string>> = {
  '__builtin__.xrange': 'builtins.range',
  '__builtin__.reduce': 'functools.reduce',
  '__builtin__.unichr': 'builtins.chr',
  '__builtin__.unicode': 'builtins.str',
  '__builtin__.long': 'builtins.int',
  'itertools.izip': 'builtins.zip',
  'itertools.imap': 'builtins.map',
  'itertools.ifilter': 'builtins.filter',
  'UserDict.IterableUserDict': 'collections.UserDict',
  'UserList.UserList': 'collections.UserList',
  'UserString.UserString': 'collections.UserString',
};

/** `module.name`, under the names of Python 3. */
export function readGlobalName(module: string, name: string, protocol: number): string {
  const full = `${module}.${name}`;
  if (protocol >= 3) return full;
  if (Object.hasOwn(names, full)) return names[full] ?? full;
  return `${Object.hasOwn(modules, module) ? modules[module] : module}.${name}`;
}
