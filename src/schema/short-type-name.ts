/** `type(value).__name__` of Python: the class without its module. */
import type { PyValue } from '../data/py-value.ts';
import { pythonTypeName } from '../data/python-repr.ts';

/** `ndarray`, `DataFrame`, `list`, `NoneType`… */
export function shortTypeName(value: PyValue): string {
  return pythonTypeName(value).replace(/^.*\./, '');
}
