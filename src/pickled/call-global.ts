/** Calls of well-known classes, as the values that they give; of any other, as an instance record. */
import {
  isPickled,
  type PickledDict,
  type PickledEntries,
  type PickledInstance,
  type PickledSequence,
  type PickledValue,
} from './pickled-value.ts';

/** Subclasses of dict that are dicts to whoever reads a model. */
const dictClasses: ReadonlySet<string> = new Set([
  'builtins.dict',
  'collections.OrderedDict',
  'collections.Counter',
  'collections.defaultdict',
  'sklearn.utils.Bunch',
  'sklearn.utils._bunch.Bunch',
]);

const sequenceKinds: Readonly<Record<string, PickledSequence['kind']>> = {
  'builtins.list': 'list',
  'builtins.tuple': 'tuple',
  'builtins.set': 'set',
  'builtins.frozenset': 'frozenset',
  'collections.deque': 'list',
};

/**
 * The value of `className(*args)` where that is a container; else a record of the call. Items are shared
 * with the argument, not copied.
 */
export function callGlobal(className: string, args: readonly PickledValue[]): PickledValue {
  if (dictClasses.has(className)) return makeDict(className, args);
  const kind = Object.hasOwn(sequenceKinds, className) ? sequenceKinds[className] : undefined;
  if (kind !== undefined) return makeSequence(kind, args) ?? makeInstance(className, args);
  return makeInstance(className, args);
}

/** Shared by all that have none: attributes are replaced as a whole, never added to. */
const noEntries: PickledEntries = new Map();

/** An instance without attributes. */
export function makeInstance(
  className: string,
  args: readonly PickledValue[] = [],
  attributes: PickledEntries = noEntries,
): PickledInstance {
  return { kind: 'instance', className, args, attributes };
}

/** A defaultdict is given its factory first. */
function makeDict(className: string, args: readonly PickledValue[]): PickledDict {
  const source = args.find((arg) => isPickled(arg, 'dict'));
  return {
    kind: 'dict',
    className,
    entries: source?.entries ?? new Map<PickledValue, PickledValue>(),
  };
}

function makeSequence(
  kind: PickledSequence['kind'],
  args: readonly PickledValue[],
): PickledSequence | undefined {
  const [source] = args;
  if (source === undefined) return { kind, items: [] };
  if (!isPickled(source, 'list', 'tuple', 'set', 'frozenset')) return undefined;
  return { kind, items: source.items };
}
